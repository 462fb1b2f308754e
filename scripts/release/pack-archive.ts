import { buffer } from "node:stream/consumers";
import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { pack } from "tar-stream";

export type ArchivedFile = {
  readonly name: string;
  readonly bytes: Buffer;
  readonly isExecutable: boolean;
};

const LEVEL = 6;
const UNKNOWN_SYSTEM = 255;

/** @returns a .tar.gz of the files, sorted by name, with one time for all: the same bytes for the same input */
export async function packTarGz(
  files: readonly ArchivedFile[],
  mtimeSeconds: number,
): Promise<Buffer> {
  const archive = pack();
  for (const { name, bytes, isExecutable } of sorted(files)) {
    const mode = isExecutable ? 0o755 : 0o644;
    archive.entry({ name, mode, mtime: new Date(mtimeSeconds * 1000) }, bytes);
  }
  archive.finalize();
  const compressed = gzipSync(await buffer(archive), { level: LEVEL });
  // zlib notes the system that it was built for.
  compressed[9] = UNKNOWN_SYSTEM;
  return compressed;
}

/** @returns the same as a .zip */
export function packZip(files: readonly ArchivedFile[], mtimeSeconds: number): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of sorted(files)) {
    const compressed = deflateRawSync(file.bytes, { level: LEVEL });
    const common = commonHeader(file, compressed.length, mtimeSeconds);
    const name = Buffer.from(file.name);
    const header = Buffer.concat([signature(0x04034b50), common, name]);
    directory.push(signature(0x02014b50), madeBy, common, attributes(file, offset), name);
    bodies.push(header, compressed);
    offset += header.length + compressed.length;
  }
  const entries = Buffer.concat(directory);
  return Buffer.concat([...bodies, entries, endRecord(files.length, entries.length, offset)]);
}

/** Version 2.0 of the format, on Unix: so that the file's mode is heeded. */
const madeBy = Buffer.from([20, 3]);

/** What a file's header and its entry in the directory have in common. */
function commonHeader(file: ArchivedFile, compressedBytes: number, mtimeSeconds: number): Buffer {
  const header = Buffer.alloc(26);
  header.writeUInt16LE(20, 0);
  header.writeUInt16LE(8, 4);
  header.writeUInt32LE(dosTime(mtimeSeconds), 6);
  header.writeUInt32LE(crc32(file.bytes), 10);
  header.writeUInt32LE(compressedBytes, 14);
  header.writeUInt32LE(file.bytes.length, 18);
  header.writeUInt16LE(Buffer.byteLength(file.name), 22);
  return header;
}

function attributes({ isExecutable }: ArchivedFile, offset: number): Buffer {
  const fields = Buffer.alloc(14);
  const mode = isExecutable ? 0o100755 : 0o100644;
  fields.writeUInt32LE(mode * 0x10000, 6);
  fields.writeUInt32LE(offset, 10);
  return fields;
}

function endRecord(count: number, directoryBytes: number, directoryAt: number): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(directoryBytes, 12);
  record.writeUInt32LE(directoryAt, 16);
  return record;
}

/** Two seconds are its unit, 1980 its beginning; it has no time zone, and UTC is as good as any. */
function dosTime(mtimeSeconds: number): number {
  const time = new Date(Math.max(mtimeSeconds, Date.UTC(1980) / 1000) * 1000);
  const date =
    (time.getUTCFullYear() - 1980) * 512 + (time.getUTCMonth() + 1) * 32 + time.getUTCDate();
  const seconds = Math.floor(time.getUTCSeconds() / 2);
  return date * 0x10000 + time.getUTCHours() * 2048 + time.getUTCMinutes() * 32 + seconds;
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function sorted(files: readonly ArchivedFile[]): ArchivedFile[] {
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
