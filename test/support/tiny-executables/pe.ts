export type TinyPe = {
  readonly machine?: number;
  readonly code: Buffer;
  /** A resource of type RCDATA by that name. */
  readonly resource?: { readonly name: string; readonly data: Buffer };
  /** An Authenticode signature. */
  readonly certificate?: Buffer;
  /** Put behind it. */
  readonly trailer?: Buffer;
};

const PE_AT = 64;
const OPTIONAL_BYTES = 240;
const OPTIONAL_AT = PE_AT + 24;
const SECTIONS_AT = OPTIONAL_AT + OPTIONAL_BYTES;
const CODE_AT = SECTIONS_AT + 2 * 40;
const CODE_ADDRESS = 0x1000;
const RESOURCES_ADDRESS = 0x100000;

/** A 64-bit Windows executable: .text, and .rsrc with one resource. */
export function tinyPe(pe: TinyPe): Buffer {
  const { machine = 0x8664, code, certificate = Buffer.alloc(0), trailer = Buffer.alloc(0) } = pe;
  const resources = pe.resource === undefined ? noResources() : resourcesOf(pe.resource);
  const resourcesAt = CODE_AT + code.length;
  const certificateAt = resourcesAt + resources.length;
  const head = Buffer.alloc(CODE_AT);
  head.write("MZ", "latin1");
  head.writeUInt32LE(PE_AT, 0x3c);
  head.write("PE\0\0", PE_AT, "latin1");
  head.writeUInt16LE(machine, PE_AT + 4);
  head.writeUInt16LE(2, PE_AT + 6);
  head.writeUInt16LE(OPTIONAL_BYTES, PE_AT + 20);
  head.writeUInt16LE(0x20b, OPTIONAL_AT);
  head.writeUInt32LE(0xc4ec5, OPTIONAL_AT + 64);
  head.writeUInt32LE(RESOURCES_ADDRESS, OPTIONAL_AT + 112 + 2 * 8);
  head.writeUInt32LE(resources.length, OPTIONAL_AT + 112 + 2 * 8 + 4);
  if (certificate.length > 0) {
    head.writeUInt32LE(certificateAt, OPTIONAL_AT + 112 + 4 * 8);
    head.writeUInt32LE(certificate.length, OPTIONAL_AT + 112 + 4 * 8 + 4);
  }
  section(".text", [CODE_ADDRESS, CODE_AT, code.length]).copy(head, SECTIONS_AT);
  section(".rsrc", [RESOURCES_ADDRESS, resourcesAt, resources.length]).copy(head, SECTIONS_AT + 40);
  return Buffer.concat([head, code, resources, certificate, trailer]);
}

function section(
  name: string,
  [address, offset, sizeBytes]: readonly [number, number, number],
): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.write(name, "latin1");
  bytes.writeUInt32LE(address, 12);
  bytes.writeUInt32LE(sizeBytes, 16);
  bytes.writeUInt32LE(offset, 20);
  return bytes;
}

/** Three directories, of types, names and languages, then the entry, the name and the data. */
function resourcesOf({ name, data }: { name: string; data: Buffer }): Buffer {
  const [namesAt, languagesAt, entryAt, nameAt] = [24, 48, 72, 88];
  const dataAt = nameAt + 2 + name.length * 2;
  const entry = Buffer.alloc(16);
  entry.writeUInt32LE(RESOURCES_ADDRESS + dataAt, 0);
  entry.writeUInt32LE(data.length, 4);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(name.length);
  return Buffer.concat([
    directory({ byId: 10, to: namesAt + 0x80000000 }),
    directory({ byName: nameAt, to: languagesAt + 0x80000000 }),
    directory({ byId: 1033, to: entryAt }),
    entry,
    length,
    Buffer.from(name, "utf16le"),
    data,
  ]);
}

function directory(entry: { byId?: number; byName?: number; to: number }): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.writeUInt16LE(1, entry.byName === undefined ? 14 : 12);
  bytes.writeUInt32LE(entry.byId ?? (entry.byName ?? 0) + 0x80000000, 16);
  bytes.writeUInt32LE(entry.to, 20);
  return bytes;
}

function noResources(): Buffer {
  return Buffer.alloc(16);
}
