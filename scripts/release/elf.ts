/** A 64-bit little-endian ELF file as far as the release needs it. Reading beyond the end is a RangeError. */

export type ElfSection = {
  readonly name: string;
  readonly offset: number;
  readonly sizeBytes: number;
  /** Whether the section has bytes in the file: .bss has none. */
  readonly isInFile: boolean;
};

export type ElfSegment = {
  readonly type: number;
  readonly offset: number;
  readonly sizeBytes: number;
};

export type Elf = {
  /** 2 an executable, 3 a position-independent one. */
  readonly type: number;
  readonly machine: number;
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
};

export const ELF_MACHINES = { amd64: 0x3e, arm64: 0xb7 } as const;
export const ELF_NOTE_SEGMENT = 4;
export const ELF_SECTION_HEADER_BYTES = 64;
const NO_BITS = 8;

/** @returns undefined when it is no such file at all */
export function readElf(file: Buffer): Elf | undefined {
  if (file.readUInt32BE(0) !== 0x7f454c46 || file.readUInt16BE(4) !== 0x0201) return undefined;
  const segmentsAt = Number(file.readBigUInt64LE(0x20));
  const segmentBytes = file.readUInt16LE(0x36);
  const segments = Array.from({ length: file.readUInt16LE(0x38) }, (_, index) =>
    readSegment(file, segmentsAt + index * segmentBytes),
  );
  return {
    type: file.readUInt16LE(0x10),
    machine: file.readUInt16LE(0x12),
    segments,
    sections: readSections(file),
  };
}

function readSegment(file: Buffer, at: number): ElfSegment {
  return {
    type: file.readUInt32LE(at),
    offset: Number(file.readBigUInt64LE(at + 8)),
    sizeBytes: Number(file.readBigUInt64LE(at + 32)),
  };
}

function readSections(file: Buffer): ElfSection[] {
  const headersAt = Number(file.readBigUInt64LE(0x28));
  const headerAt = (index: number): number => headersAt + index * ELF_SECTION_HEADER_BYTES;
  const count = file.readUInt16LE(0x3c);
  if (headerAt(count) > file.length) throw new RangeError("the section headers are cut off");
  const namesAt = Number(file.readBigUInt64LE(headerAt(file.readUInt16LE(0x3e)) + 24));
  return Array.from({ length: count }, (_, index) => {
    const nameAt = namesAt + file.readUInt32LE(headerAt(index));
    return {
      name: file.toString("latin1", nameAt, file.indexOf(0, nameAt)),
      offset: Number(file.readBigUInt64LE(headerAt(index) + 24)),
      sizeBytes: Number(file.readBigUInt64LE(headerAt(index) + 32)),
      isInFile: file.readUInt32LE(headerAt(index) + 4) !== NO_BITS,
    };
  });
}

/** The body of a note in any note segment. @returns undefined when there is none of that name */
export function findElfNote(file: Buffer, { segments }: Elf, name: string): Buffer | undefined {
  for (const { offset, sizeBytes } of segments.filter(({ type }) => type === ELF_NOTE_SEGMENT)) {
    let at = offset;
    while (at < offset + sizeBytes) {
      const nameBytes = file.readUInt32LE(at);
      const bodyBytes = file.readUInt32LE(at + 4);
      const bodyAt = at + 12 + toMultipleOf4(nameBytes);
      const found = file.toString("latin1", at + 12, at + 12 + Math.max(0, nameBytes - 1));
      if (found === name) return file.subarray(bodyAt, bodyAt + bodyBytes);
      at = bodyAt + toMultipleOf4(bodyBytes);
    }
  }
  return undefined;
}

function toMultipleOf4(count: number): number {
  return Math.ceil(count / 4) * 4;
}
