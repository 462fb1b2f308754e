/** A 64-bit little-endian Mach-O file as far as the release needs it. Reading beyond the end is a RangeError. */

export type MachOSection = {
  readonly name: string;
  readonly offset: number;
  readonly sizeBytes: number;
};

export type MachOSegment = {
  readonly name: string;
  /** Where its load command stands in the file. */
  readonly commandAt: number;
  readonly address: number;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly sections: readonly MachOSection[];
};

/** Where the code signature is said to be. */
export type MachOSignature = {
  readonly commandAt: number;
  readonly offset: number;
  readonly sizeBytes: number;
};

export type MachO = {
  readonly cpu: number;
  readonly fileType: number;
  /** Behind the last load command. */
  readonly commandsEnd: number;
  readonly segments: readonly MachOSegment[];
  readonly signature: MachOSignature | undefined;
};

export const MACH_O_CPUS = { amd64: 0x01000007, arm64: 0x0100000c } as const;
export const MACH_O_EXECUTABLE = 2;
export const MACH_O_HEADER_BYTES = 32;
export const LC_CODE_SIGNATURE = 0x1d;
const LC_SEGMENT_64 = 0x19;
const SEGMENT_COMMAND_BYTES = 72;
const SECTION_BYTES = 80;

/** @returns undefined when it is no such file at all @throws when its load commands contradict its header */
export function readMachO(file: Buffer): MachO | undefined {
  if (file.readUInt32LE(0) !== 0xfeedfacf) return undefined;
  const commandsEnd = MACH_O_HEADER_BYTES + file.readUInt32LE(20);
  const segments: MachOSegment[] = [];
  let signature: MachOSignature | undefined;
  let at = MACH_O_HEADER_BYTES;
  for (let left = file.readUInt32LE(16); left > 0; left -= 1) {
    const command = file.readUInt32LE(at);
    const sizeBytes = file.readUInt32LE(at + 4);
    if (command === LC_SEGMENT_64) segments.push(readSegment(file, at));
    if (command === LC_CODE_SIGNATURE) signature = readSignature(file, at);
    if (sizeBytes < 8) throw new RangeError("a load command has no size");
    at += sizeBytes;
  }
  if (at !== commandsEnd)
    throw new RangeError("the load commands do not end where the header says");
  const [cpu, fileType] = [file.readUInt32LE(4), file.readUInt32LE(12)];
  return { cpu, fileType, commandsEnd, segments, signature };
}

/** @throws when there is no such segment */
export function segmentOf({ segments }: MachO, name: string): MachOSegment {
  const found = segments.find((segment) => segment.name === name);
  if (found === undefined) throw new RangeError(`there is no segment ${name}`);
  return found;
}

function readSegment(file: Buffer, commandAt: number): MachOSegment {
  return {
    name: readName(file, commandAt + 8),
    commandAt,
    address: Number(file.readBigUInt64LE(commandAt + 24)),
    offset: Number(file.readBigUInt64LE(commandAt + 40)),
    sizeBytes: Number(file.readBigUInt64LE(commandAt + 48)),
    sections: Array.from({ length: file.readUInt32LE(commandAt + 64) }, (_, index) => {
      const at = commandAt + SEGMENT_COMMAND_BYTES + index * SECTION_BYTES;
      const sizeBytes = Number(file.readBigUInt64LE(at + 40));
      return { name: readName(file, at), sizeBytes, offset: file.readUInt32LE(at + 48) };
    }),
  };
}

function readSignature(file: Buffer, commandAt: number): MachOSignature {
  const [offset, sizeBytes] = [file.readUInt32LE(commandAt + 8), file.readUInt32LE(commandAt + 12)];
  return { commandAt, offset, sizeBytes };
}

function readName(file: Buffer, at: number): string {
  return file.toString("latin1", at, at + 16).replace(/\0.*$/s, "");
}
