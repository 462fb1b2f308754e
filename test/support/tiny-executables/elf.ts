export type TinyElf = {
  readonly machine?: number;
  readonly type?: number;
  /** What its loaded segment holds. */
  readonly loaded: Buffer;
  /** The body of a note in a segment of its own. */
  readonly note?: { readonly name: string; readonly body: Buffer };
  /** Names of sections behind what is loaded, each of 8 bytes. */
  readonly debugSections?: readonly string[];
  /** Put behind those, and loaded. */
  readonly loadedAtEnd?: Buffer;
};

const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;
const SEGMENTS = 3;
const SECTION_BYTES = 64;

/** A 64-bit little-endian ELF file: header, segments, what they hold, debug sections, section names and headers. */
export function tinyElf(elf: TinyElf): Buffer {
  const note = elf.note === undefined ? Buffer.alloc(0) : noteOf(elf.note.name, elf.note.body);
  const loadedAt = HEADER_BYTES + SEGMENTS * SEGMENT_BYTES;
  const noteAt = loadedAt + elf.loaded.length;
  const debug = (elf.debugSections ?? []).map((name) => ({ name, body: Buffer.alloc(8, 0xdb) }));
  const debugAt = noteAt + note.length;
  const lateAt = debugAt + debug.length * 8;
  const late = elf.loadedAtEnd ?? Buffer.alloc(0);
  const names = ["", ".text", ".note.node.sea", ...debug.map(({ name }) => name), ".shstrtab"];
  const nameBytes = Buffer.from(names.map((name) => `${name}\0`).join(""), "latin1");
  const namesAt = lateAt + late.length;
  const sections = [
    sectionHeader(nameBytes, "", [0, 0]),
    sectionHeader(nameBytes, ".text", [loadedAt, elf.loaded.length]),
    sectionHeader(nameBytes, ".note.node.sea", [noteAt, note.length]),
    ...debug.map(({ name }, index) => sectionHeader(nameBytes, name, [debugAt + index * 8, 8])),
    sectionHeader(nameBytes, ".shstrtab", [namesAt, nameBytes.length]),
  ];
  const sectionsAt = namesAt + nameBytes.length;
  return Buffer.concat([
    header(elf, { sectionsAt, sections: sections.length }),
    segment(1, loadedAt, elf.loaded.length),
    segment(4, noteAt, note.length),
    segment(1, lateAt, late.length === 0 ? -lateAt : late.length),
    elf.loaded,
    note,
    ...debug.map(({ body }) => body),
    late,
    nameBytes,
    ...sections,
  ]);
}

function header(
  { type = 2, machine = 0x3e }: TinyElf,
  table: { readonly sectionsAt: number; readonly sections: number },
): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write("\u007fELF\u0002\u0001\u0001", "latin1");
  bytes.writeUInt16LE(type, 16);
  bytes.writeUInt16LE(machine, 18);
  bytes.writeBigUInt64LE(BigInt(HEADER_BYTES), 32);
  bytes.writeBigUInt64LE(BigInt(table.sectionsAt), 40);
  bytes.writeUInt16LE(SEGMENT_BYTES, 54);
  bytes.writeUInt16LE(SEGMENTS, 56);
  bytes.writeUInt16LE(SECTION_BYTES, 58);
  bytes.writeUInt16LE(table.sections, 60);
  bytes.writeUInt16LE(table.sections - 1, 62);
  return bytes;
}

/** A negative size stands for a segment that is not used. */
function segment(type: number, offset: number, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(SEGMENT_BYTES);
  if (sizeBytes < 0) return bytes;
  bytes.writeUInt32LE(type, 0);
  bytes.writeBigUInt64LE(BigInt(offset), 8);
  bytes.writeBigUInt64LE(BigInt(sizeBytes), 32);
  return bytes;
}

function sectionHeader(
  names: Buffer,
  name: string,
  [offset, sizeBytes]: readonly [number, number],
): Buffer {
  const bytes = Buffer.alloc(SECTION_BYTES);
  bytes.writeUInt32LE(names.indexOf(`${name}\0`, 0, "latin1"), 0);
  bytes.writeUInt32LE(1, 4);
  bytes.writeBigUInt64LE(BigInt(offset), 24);
  bytes.writeBigUInt64LE(BigInt(sizeBytes), 32);
  return bytes;
}

function noteOf(name: string, body: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(name.length + 1, 0);
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, padded(Buffer.from(`${name}\0`, "latin1")), padded(body)]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
