import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { anyText } from "../../support/archive-arbitraries.ts";
import { readArchive } from "../../../src/archive/archive-reader.ts";
import { hasCode } from "../../../src/lib/errors.ts";
import { allOf, chunksOf } from "../../support/bytes.ts";
import { gzippedTar, paxEntry, tarEntry } from "../../support/tar-bytes.ts";

const POD = "resources/pods/namespaces/web/a.json";
const OTHER = "resources/pods/namespaces/web/b.json";
const good = gzippedTar(
  tarEntry("metadata/version", "1.1.0\n"),
  tarEntry(POD, "{}"),
  tarEntry(OTHER, "x".repeat(3000)),
);

async function assertReadOrCorrupt(archive: Uint8Array): Promise<void> {
  try {
    await allOf(readArchive(chunksOf(archive)));
  } catch (error) {
    assert.ok(hasCode(error, "ArchiveCorrupt"), String(error));
    assert.doesNotMatch(error.message, /[\p{Cc}]/u);
  }
}

const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), {
  minLength: 1,
  maxLength: 4,
});

function flipped(bytes: Uint8Array, changes: readonly (readonly [number, number])[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const [at, mask] of changes) copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ mask;
  return copy;
}

test("flipped bytes of the gzip never end in anything but ArchiveCorrupt", async () => {
  await fc.assert(
    fc.asyncProperty(flips, (changes) => assertReadOrCorrupt(flipped(good, changes))),
    { numRuns: 300 },
  );
});

test("flipped bytes of the tar, with headers that are signed or not, never end in anything but ArchiveCorrupt", async () => {
  const tar = gunzipSync(
    gzippedTar(paxEntry("10 path=a\n"), tarEntry("x", "1"), tarEntry(POD, "{}")),
  );
  await fc.assert(
    fc.asyncProperty(flips, flips, async (anywhere, inHeader) => {
      const patch = (header: Buffer): void => header.set(flipped(header, inHeader));
      await assertReadOrCorrupt(gzipSync(flipped(tar, anywhere)));
      await assertReadOrCorrupt(gzippedTar(tarEntry(POD, "{}", { patch }), tarEntry(OTHER)));
    }),
    { numRuns: 150 },
  );
});

test("every cut of an archive is ArchiveCorrupt", async () => {
  for (let length = 0; length < good.length; length += 1) {
    await assert.rejects(allOf(readArchive(chunksOf(good.subarray(0, length)))), {
      code: "ArchiveCorrupt",
    });
  }
});

test("any pax header is read or ArchiveCorrupt", async () => {
  const records = fc.oneof(
    anyText(60),
    fc.stringMatching(/^[0-9]{0,3} (path|size|GNU\.sparse\.x|mtime)=[a-z0-9./-]{0,12}\n$/),
  );
  await fc.assert(
    fc.asyncProperty(records, (text) =>
      assertReadOrCorrupt(gzippedTar(paxEntry(text), tarEntry(POD, "{}"))),
    ),
    { numRuns: 200 },
  );
});
