import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { crc32, gunzipSync, inflateRawSync } from "node:zlib";
import { extract } from "tar-stream";
import { type ArchivedFile, packTarGz, packZip } from "../../../../scripts/release/pack-archive.ts";

const mtimeSeconds = Date.UTC(2026, 10, 24, 9, 41, 58) / 1000;
const files: readonly ArchivedFile[] = [
  { name: "kubectl-ark", bytes: Buffer.alloc(100_000, "machine code"), isExecutable: true },
  { name: "LICENSE", bytes: Buffer.from("Apache"), isExecutable: false },
  { name: "EMPTY", bytes: Buffer.alloc(0), isExecutable: false },
];
const names = ["EMPTY", "LICENSE", "kubectl-ark"];

test("a .tar.gz holds the files by name, each with the one time and its mode, nobody's", async () => {
  const archive = await packTarGz(files, mtimeSeconds);
  const found: string[] = [];
  const tar = Readable.from([gunzipSync(archive)]).pipe(extract());
  for await (const entry of tar) {
    const { name, mode, mtime, uid, gid, uname, gname } = entry.header;
    const file = files.find((one) => one.name === name);
    assert.equal(mode, file?.isExecutable === true ? 0o755 : 0o644);
    assert.equal(mtime?.getTime(), mtimeSeconds * 1000);
    assert.deepEqual([uid, gid, uname, gname], [0, 0, "", ""]);
    assert.ok((await buffer(entry)).equals(file?.bytes ?? Buffer.from("missing")));
    found.push(name);
  }
  assert.deepEqual(found, names);
  assert.deepEqual([...archive.subarray(4, 8), archive[9]], [0, 0, 0, 0, 255]);
});

/** What the directory at the end of a .zip lists. */
function readZip(zip: Buffer) {
  const end = zip.length - 22;
  assert.equal(zip.readUInt32LE(end), 0x06054b50);
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    assert.equal(zip.readUInt32LE(at), 0x02014b50);
    const nameBytes = zip.readUInt16LE(at + 28);
    const header = zip.readUInt32LE(at + 42);
    const bodyAt = header + 30 + zip.readUInt16LE(header + 26);
    const entry = {
      name: zip.toString("utf8", at + 46, at + 46 + nameBytes),
      nameInFront: zip.toString("utf8", header + 30, bodyAt),
      crc: zip.readUInt32LE(at + 16),
      mode: zip.readUInt32LE(at + 38) >>> 16,
      time: zip.readUInt32LE(at + 12),
      bytes: inflateRawSync(zip.subarray(bodyAt, bodyAt + zip.readUInt32LE(at + 20))),
      sizeBytes: zip.readUInt32LE(at + 24),
    };
    at += 46 + nameBytes;
    return entry;
  });
}

test("a .zip holds the same", () => {
  const entries = readZip(packZip(files, mtimeSeconds));
  assert.deepEqual(
    entries.map(({ name }) => name),
    names,
  );
  for (const { name, nameInFront, crc, mode, bytes, sizeBytes, time } of entries) {
    const file = files.find((one) => one.name === name);
    assert.ok(file !== undefined && bytes.equals(file.bytes));
    assert.deepEqual([nameInFront, crc, sizeBytes], [name, crc32(file.bytes), file.bytes.length]);
    assert.equal(mode, file.isExecutable ? 0o100755 : 0o100644);
    // 2026-11-24 09:41:58 in MS-DOS's bits.
    assert.equal(time, (46 * 512 + 11 * 32 + 24) * 0x10000 + 9 * 2048 + 41 * 32 + 29);
  }
});

test("the order in which files are given does not matter", async () => {
  const reversed = files.toReversed();
  assert.ok((await packTarGz(reversed, 1)).equals(await packTarGz(files, 1)));
  assert.ok(packZip(reversed, mtimeSeconds).equals(packZip(files, mtimeSeconds)));
});

test("a time before MS-DOS's first is its first", () => {
  const [entry] = readZip(packZip(files, 0));
  assert.equal(entry?.time, (1 * 32 + 1) * 0x10000);
});
