/** A 64-bit Windows executable (PE32+) as far as the release needs it. Reading beyond the end is a RangeError. */

export type PeSection = {
  readonly name: string;
  readonly address: number;
  readonly offset: number;
  readonly sizeBytes: number;
};

export type Pe = {
  readonly machine: number;
  readonly sections: readonly PeSection[];
  /** Where the resources are, as an address. */
  readonly resourcesAddress: number;
  /** An Authenticode signature; it breaks when the file is changed. `entryAt` is where it is written down. */
  readonly certificate: {
    readonly entryAt: number;
    readonly offset: number;
    readonly sizeBytes: number;
  };
  readonly checksumAt: number;
};

export const PE_MACHINE_AMD64 = 0x8664;
/** RT_RCDATA: what a program brings along as bytes. */
const RAW_DATA = 10;
const IS_DIRECTORY = 0x80000000;

/** @returns undefined when it is no such file at all */
export function readPe(file: Buffer): Pe | undefined {
  if (file.toString("latin1", 0, 2) !== "MZ") return undefined;
  const at = file.readUInt32LE(0x3c);
  const optionalAt = at + 24;
  if (file.readUInt32BE(at) !== 0x50450000 || file.readUInt16LE(optionalAt) !== 0x20b)
    return undefined;
  const sectionsAt = optionalAt + file.readUInt16LE(at + 20);
  const directoriesAt = optionalAt + 112;
  return {
    machine: file.readUInt16LE(at + 4),
    sections: Array.from({ length: file.readUInt16LE(at + 6) }, (_, index) =>
      readSection(file, sectionsAt + index * 40),
    ),
    resourcesAddress: file.readUInt32LE(directoriesAt + 2 * 8),
    certificate: {
      entryAt: directoriesAt + 4 * 8,
      offset: file.readUInt32LE(directoriesAt + 4 * 8),
      sizeBytes: file.readUInt32LE(directoriesAt + 4 * 8 + 4),
    },
    checksumAt: optionalAt + 64,
  };
}

function readSection(file: Buffer, at: number): PeSection {
  return {
    name: file.toString("latin1", at, at + 8).replace(/\0.*$/s, ""),
    address: file.readUInt32LE(at + 12),
    sizeBytes: file.readUInt32LE(at + 16),
    offset: file.readUInt32LE(at + 20),
  };
}

/** The raw data of that name, in whatever language. @returns undefined when there is none */
export function findPeResource(file: Buffer, pe: Pe, name: string): Buffer | undefined {
  const root = offsetOf(pe, pe.resourcesAddress);
  const entry = (directory: number, isWanted: (id: number) => boolean): number | undefined => {
    const count = file.readUInt16LE(directory + 12) + file.readUInt16LE(directory + 14);
    const entries = Array.from({ length: count }, (_, index) => directory + 16 + index * 8);
    const found = entries.find((at) => isWanted(file.readUInt32LE(at)));
    return found === undefined ? undefined : root + (file.readUInt32LE(found + 4) & ~IS_DIRECTORY);
  };
  const isNamed = (id: number): boolean => {
    const at = root + (id & ~IS_DIRECTORY);
    const isText = id >= IS_DIRECTORY;
    return isText && file.toString("utf16le", at + 2, at + 2 + file.readUInt16LE(at) * 2) === name;
  };
  const ofType = entry(root, (id) => id === RAW_DATA);
  const ofName = ofType === undefined ? undefined : entry(ofType, isNamed);
  const data = ofName === undefined ? undefined : entry(ofName, () => true);
  if (data === undefined) return undefined;
  const from = offsetOf(pe, file.readUInt32LE(data));
  return file.subarray(from, from + file.readUInt32LE(data + 4));
}

function offsetOf({ sections }: Pe, address: number): number {
  const section = sections.find(
    (one) => address >= one.address && address < one.address + one.sizeBytes,
  );
  if (section === undefined) throw new RangeError(`no section holds address ${address}`);
  return section.offset + address - section.address;
}
