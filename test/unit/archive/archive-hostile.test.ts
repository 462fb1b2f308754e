import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { type ArchiveLimits, readArchive } from "../../../src/archive/archive-reader.ts";
import { allOf, chunksOf } from "../../support/bytes.ts";
import { END_MARK, gzippedTar, paxEntry, tarEntry } from "../../support/tar-bytes.ts";

const POD = "resources/pods/namespaces/web/a.json";
const OTHER = "resources/pods/namespaces/web/b.json";
const good = gzippedTar(
  tarEntry("metadata/version", "1.1.0\n"),
  tarEntry(POD, "{}"),
  tarEntry(OTHER, "x".repeat(3000)),
);

async function readAll(
  archive: Uint8Array,
  limits: Partial<ArchiveLimits> = {},
): Promise<readonly string[]> {
  const entries = await allOf(readArchive(chunksOf(archive), { limits }));
  return entries.map(({ path }) => path);
}

const HOSTILE: Readonly<Record<string, readonly [archive: Uint8Array, message: RegExp]>> = {
  "a path with '..'": [
    gzippedTar(tarEntry("resources/pods/cluster/../../../etc/x.json")),
    /unsafe path: "resources\/pods\/cluster\/\.\.\//,
  ],
  "an absolute path": [gzippedTar(tarEntry("/etc/passwd")), /unsafe path: "\/etc\/passwd"/],
  "a backslash": [gzippedTar(tarEntry("resources\\pods")), /unsafe path/],
  "a path with './' inside": [
    gzippedTar(tarEntry("resources/./pods/cluster/a.json")),
    /unsafe path/,
  ],
  "an empty part": [gzippedTar(tarEntry("resources//pods/cluster/a.json")), /unsafe path/],
  "an empty path": [gzippedTar(tarEntry("")), /unsafe path: ""/],
  "a directory that leads out": [
    gzippedTar(tarEntry("../", "", { type: "5" })),
    /unsafe path: "\.\.\/"/,
  ],
  "NUL in a pax path": [
    gzippedTar(paxEntry("12 path=a\0b\n"), tarEntry("x")),
    /unsafe path: "a\\u0000b"/,
  ],
  "a hard link": [gzippedTar(tarEntry(POD, "", { type: "1" })), /holds a hard link: "resources/],
  "a symbolic link": [
    gzippedTar(tarEntry(POD, "", { type: "2" })),
    /holds a symbolic link: "resources/,
  ],
  "a device": [gzippedTar(tarEntry(POD, "", { type: "3" })), /a character device/],
  "a FIFO": [gzippedTar(tarEntry(POD, "", { type: "6" })), /a FIFO/],
  "a sparse file of GNU": [gzippedTar(tarEntry(POD, "", { type: "S" })), /a sparse file/],
  "a sparse file of pax": [
    gzippedTar(paxEntry("22 GNU.sparse.major=1\n"), tarEntry(POD)),
    /a sparse file/,
  ],
  "a long link name": [
    gzippedTar(tarEntry("x", "target", { type: "K" })),
    /a link with a long name/,
  ],
  "an unknown type": [
    gzippedTar(tarEntry(POD, "", { type: "\u001b" })),
    /an entry of type "\\u001b"/,
  ],
  "a directory with a body": [
    gzippedTar(tarEntry("a/", "x", { type: "5" })),
    /a directory with a body/,
  ],
  "a path twice": [
    gzippedTar(tarEntry(POD, "1"), tarEntry(OTHER), tarEntry(`./${POD}`, "2")),
    /a path twice: "resources\/pods/,
  ],
  "two names for one entry": [
    gzippedTar(tarEntry("x", `${POD}\0`, { type: "L" }), paxEntry("10 path=a\n"), tarEntry("b")),
    /an entry has two paths: "a"/,
  ],
  "a pax size that is no number": [
    gzippedTar(paxEntry("11 size=-1\n"), tarEntry(POD)),
    /a pax size is not a number/,
  ],
  "a pax record of the wrong length": [
    gzippedTar(paxEntry("99 path=a\n"), tarEntry(POD)),
    /a pax header is malformed/,
  ],
  "a pax header for all that renames": [
    gzippedTar(paxEntry("10 path=a\n", "g"), tarEntry(POD)),
    /global pax header renames/,
  ],
  "a pax header that is too large": [
    gzippedTar(paxEntry("x".repeat(70_000)), tarEntry(POD)),
    /extended header is too large/,
  ],
  "a GNU name that is too long": [
    gzippedTar(tarEntry("x", "n".repeat(5000), { type: "L" }), tarEntry(POD)),
    /extended header is too large/,
  ],
  "an extended header without an entry": [gzippedTar(paxEntry("10 path=a\n")), /has no entry/],
  "a path that is not UTF-8": [
    gzippedTar(tarEntry("x", "", { patch: (header) => header.write("\u00ff", 0, "latin1") })),
    /not UTF-8/,
  ],
  "a size that is no number": [
    gzippedTar(tarEntry("x", "", { patch: (header) => header.write("zz", 124) })),
    /size is not a number/,
  ],
  "a size in base 256": [
    gzippedTar(tarEntry("x", "", { patch: (header) => header.fill(0xff, 124, 136) })),
    /size is not a number/,
  ],
  "a format that is no tar's": [
    gzippedTar(tarEntry("x", "", { patch: (header) => header.write("zip", 257) })),
    /not a ustar or GNU tar/,
  ],
  "a broken checksum": [
    gzippedTar(Buffer.from(tarEntry("x")).fill(0x31, 0, 5)),
    /checksum is wrong \(at byte 512 of the tar\)/,
  ],
  "more entries behind the end mark": [
    gzippedTar(tarEntry(POD), END_MARK, tarEntry(OTHER)),
    /behind its end mark \(at byte \d+ of the tar, after "resources/,
  ],
  "garbage behind the end mark": [
    gzippedTar(END_MARK, Buffer.from("garbage")),
    /behind its end mark/,
  ],
  "one zero block and then more": [
    gzippedTar(Buffer.alloc(512), tarEntry(POD)),
    /behind its end mark/,
  ],
  "no end mark": [
    gzipSync(tarEntry(POD, "{}")),
    /no end mark \(at byte 1024 of the tar, after "resources\/pods/,
  ],
  "half an end mark": [gzipSync(Buffer.alloc(512)), /inside its end mark/],
  "an end inside a header": [gzipSync(tarEntry(POD).subarray(0, 300)), /inside a header/],
  "an end inside an object": [
    gzipSync(tarEntry(POD, "x".repeat(600)).subarray(0, 900)),
    /inside "resources\/pods/,
  ],
  "an end inside a file that is passed over": [
    gzipSync(tarEntry("x", "x".repeat(600)).subarray(0, 900)),
    /inside "x"/,
  ],
  "nothing at all": [new Uint8Array(0), /it is cut off/],
  "a tar without gzip": [tarEntry(POD), /gzip says/],
  "half of a gzip": [
    good.subarray(0, good.length - 12),
    /it is cut off \(in its first \d+ bytes\)/,
  ],
  "garbage behind the gzip": [Buffer.concat([good, Buffer.from("garbage")]), /gzip says/],
};

for (const [what, [archive, message]] of Object.entries(HOSTILE)) {
  test(`${what} is ArchiveCorrupt with what and where`, async () => {
    await assert.rejects(readAll(archive), { code: "ArchiveCorrupt", message });
  });
}

test("each limit is a limit: what fits is read, one more is ArchiveCorrupt", async () => {
  const unpackedBytes = gunzipSync(good).length;
  const cases: readonly [Partial<ArchiveLimits>, Partial<ArchiveLimits>, RegExp][] = [
    [{ entryBytes: 3000 }, { entryBytes: 2999 }, /b\.json" is larger than 2999 bytes/],
    [{ entries: 3 }, { entries: 2 }, /more than 2 entries/],
    [
      { totalBytes: unpackedBytes },
      { totalBytes: unpackedBytes - 1 },
      /unpacks to more than \d+ bytes/,
    ],
  ];
  for (const [enough, tooFew, message] of cases) {
    assert.deepEqual(await readAll(good, enough), ["metadata/version", POD, OTHER]);
    await assert.rejects(readAll(good, tooFew), { code: "ArchiveCorrupt", message });
  }
});

test("a gzip bomb ends at the ratio, long before it is unpacked", async () => {
  const bomb = gzipSync(Buffer.concat([tarEntry("x", Buffer.alloc(70_000_000)), END_MARK]), {
    level: 1,
  });
  await assert.rejects(readAll(bomb, { ratio: 100, entryBytes: 1e9 }), {
    code: "ArchiveCorrupt",
    message: /100 times its size/,
  });
});

test("a claim of a huge size costs nothing but the message", async () => {
  const claim = tarEntry(POD, "", { patch: (header) => header.write("77777777777", 124) });
  await assert.rejects(readAll(gzippedTar(claim)), {
    code: "ArchiveCorrupt",
    message: /larger than/,
  });
  await assert.rejects(readAll(gzippedTar(claim), { entryBytes: 1e12 }), {
    code: "ArchiveCorrupt",
    message: /ends inside/,
  });
});
