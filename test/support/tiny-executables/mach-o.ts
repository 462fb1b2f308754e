export type TinyMachO = {
  readonly cpu?: number;
  readonly fileType?: number;
  /** What __TEXT holds behind the load commands. */
  readonly code: Buffer;
  /** The section of Node's embedded program. */
  readonly blob?: Buffer;
  /** Between the load commands and the code: a signature's load command needs 16. */
  readonly roomBytes?: number;
};

const HEADER_BYTES = 32;
const SEGMENT_BYTES = 72;
const SECTION_BYTES = 80;

/** A 64-bit Mach-O file, not signed: __TEXT, NODE_SEA and __LINKEDIT. */
export function tinyMachO(machO: TinyMachO): Buffer {
  const { cpu = 0x0100000c, fileType = 2, code, blob, roomBytes = 64 } = machO;
  const commandsBytes =
    (SEGMENT_BYTES + SECTION_BYTES) * (blob === undefined ? 1 : 2) + SEGMENT_BYTES;
  const codeAt = HEADER_BYTES + commandsBytes + roomBytes;
  const blobAt = codeAt + code.length;
  const linkEdit = Buffer.from("symbols and strings");
  const linkEditAt = blobAt + (blob?.length ?? 0);
  const blobSections = blob === undefined ? [] : [section("__NODE_SEA_BLOB", blobAt, blob.length)];
  const commands = [
    segment("__TEXT", [0, blobAt], [section("__text", codeAt, code.length)]),
    ...(blob === undefined ? [] : [segment("NODE_SEA", [blobAt, blob.length], blobSections)]),
    segment("__LINKEDIT", [linkEditAt, linkEdit.length], []),
  ];
  const bytes = Buffer.concat(commands);
  const header = Buffer.alloc(HEADER_BYTES);
  for (const [index, word] of [
    0xfeedfacf,
    cpu,
    0,
    fileType,
    commands.length,
    bytes.length,
  ].entries()) {
    header.writeUInt32LE(word, index * 4);
  }
  const room = Buffer.alloc(codeAt - HEADER_BYTES - bytes.length);
  return Buffer.concat([header, bytes, room, code, blob ?? Buffer.alloc(0), linkEdit]);
}

function segment(
  name: string,
  [offset, sizeBytes]: readonly [number, number],
  sections: readonly Buffer[],
): Buffer {
  const bytes = Buffer.alloc(SEGMENT_BYTES);
  bytes.writeUInt32LE(0x19, 0);
  bytes.writeUInt32LE(SEGMENT_BYTES + sections.length * SECTION_BYTES, 4);
  bytes.write(name, 8, "latin1");
  bytes.writeBigUInt64LE(0x100000000n + BigInt(offset), 24);
  bytes.writeBigUInt64LE(BigInt(sizeBytes), 32);
  bytes.writeBigUInt64LE(BigInt(offset), 40);
  bytes.writeBigUInt64LE(BigInt(sizeBytes), 48);
  bytes.writeUInt32LE(sections.length, 64);
  return Buffer.concat([bytes, ...sections]);
}

function section(name: string, offset: number, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(SECTION_BYTES);
  bytes.write(name, 0, "latin1");
  bytes.writeBigUInt64LE(BigInt(sizeBytes), 40);
  bytes.writeUInt32LE(offset, 48);
  return bytes;
}
