import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { pack } from "tar-stream";
import { type ArchiveEntry, readArchive } from "../../../src/archive/archive-reader.ts";
import { createArchiveWriter } from "../../../src/archive/archive-writer.ts";
import { objectPath } from "../../../src/archive/layout.ts";
import { objectKeys } from "../../support/archive-arbitraries.ts";
import { allOf, chunksOf } from "../../support/bytes.ts";
import { END_MARK, gzippedTar, tarEntry } from "../../support/tar-bytes.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const POD = "resources/pods/namespaces/web/a.json";

async function readAll(
  archive: Uint8Array,
  onSkipped?: (path: string) => void,
): Promise<ArchiveEntry[]> {
  return allOf(readArchive(chunksOf(archive), { onSkipped }));
}

async function pathsIn(archive: Uint8Array): Promise<string[]> {
  return (await readAll(archive)).map(({ path }) => path);
}

test("what the writer wrote is read, whatever the sizes of the chunks", async () => {
  const entries = fc.array(
    fc.tuple(objectKeys.map(objectPath), fc.uint8Array({ maxLength: 3000 })),
    { maxLength: 9 },
  );
  await fc.assert(
    fc.asyncProperty(entries, fc.integer({ min: 1, max: 700 }), async (written, chunkBytes) => {
      const writer = createArchiveWriter({ mtime: new Date(0) });
      const reading = allOf(readArchive(inChunks(writer.output, chunkBytes)));
      const unique = new Map(written.map(([path, body]) => [path, body]));
      for (const [path, body] of unique) writer.add(path, body);
      await writer.end();
      const [version, ...read] = await reading;
      assert.deepEqual([version?.path, version?.sizeBytes], ["metadata/version", 6]);
      assert.deepEqual(new Map(read.map(({ path, body }) => [path, new Uint8Array(body)])), unique);
    }),
    { numRuns: 60 },
  );
});

test("an archive of tar-stream is read, long and foreign names included", async () => {
  const paths = ["a", "é".repeat(100), "n".repeat(240)].map((name) =>
    objectPath({ groupResource: "pods", namespace: "web", name }),
  );
  const tar = pack();
  for (const path of paths) tar.entry({ name: path }, "{}");
  tar.finalize();
  assert.deepEqual(await pathsIn(gzipSync(await buffer(tar))), paths);
});

for (const format of ["gnu", "pax", "ustar"]) {
  test(`an archive of GNU tar in its format ${format} is read, with directories and './' before its paths`, async (context) => {
    const directory = temporaryDirectory();
    const names = format === "ustar" ? ["a"] : ["a", "n".repeat(200), "größe"];
    const folder = "resources/pods/namespaces/web";
    mkdirSync(join(directory, folder), { recursive: true });
    for (const name of names) writeFileSync(join(directory, folder, `${name}.json`), name);
    const tar = spawnSync("tar", [`--format=${format}`, "-C", directory, "-czf", "-", "."]);
    if (tar.status !== 0) return context.skip("there is no GNU tar");
    const entries = await readAll(tar.stdout);
    assert.deepEqual(
      new Map(entries.map(({ path, body }) => [path, Buffer.from(body).toString()])),
      new Map(names.map((name) => [`${folder}/${name}.json`, name])),
    );
  });
}

test("several gzip members are one archive", async () => {
  const first = gzipSync(tarEntry(POD, "{}"));
  assert.deepEqual(await pathsIn(Buffer.concat([first, gzipSync(END_MARK)])), [POD]);
});

test("files outside the layout are passed over and told; directories are passed over", async () => {
  const skipped: string[] = [];
  const archive = gzippedTar(
    tarEntry("resources/", "", { type: "5" }),
    tarEntry("ark/journal.json", "x".repeat(5000)),
    tarEntry("resources/pods/v1-preferredversion/namespaces/web/a.json", "{}"),
    tarEntry("resources/README", "text"),
    tarEntry(POD, "{}"),
  );
  const entries = await readAll(archive, (path) => skipped.push(path));
  assert.deepEqual(
    entries.map(({ path, sizeBytes }) => [path, sizeBytes]),
    [[POD, 2]],
  );
  assert.deepEqual(skipped, [
    "ark/journal.json",
    "resources/pods/v1-preferredversion/namespaces/web/a.json",
    "resources/README",
  ]);
});

test("an archive without objects is read to its end", async () => {
  assert.deepEqual(await pathsIn(gzippedTar()), []);
});

test("an error of the store comes through as it is", async () => {
  const failure = new Error("the disk is gone");
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield gzippedTar(tarEntry(POD, "{}")).subarray(0, 40);
    throw failure;
  }
  await assert.rejects(allOf(readArchive(failing())), failure);
});

test("who stops reading stops the store", async () => {
  const stopped = Promise.withResolvers<void>();
  const archive = gzippedTar(
    tarEntry(POD, "{}"),
    tarEntry("resources/pods/cluster/b.json", noise(3_000_000)),
  );
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (let from = 0; ; from += 1000) yield archive.subarray(from, from + 1000);
    } finally {
      stopped.resolve();
    }
  }
  for await (const entry of readArchive(endless())) {
    assert.equal(entry.path, POD);
    break;
  }
  await stopped.promise;
});

async function* inChunks(
  source: AsyncIterable<Uint8Array>,
  sizeBytes: number,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length; from += sizeBytes)
      yield chunk.subarray(from, from + sizeBytes);
  }
}

function noise(sizeBytes: number): Uint8Array {
  let state = 1;
  return new Uint8Array(sizeBytes).map(() => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}
