import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import * as fc from "fast-check";
import { extract } from "tar-stream";
import { type ArchiveWriter, createArchiveWriter } from "../../../src/archive/archive-writer.ts";
import { objectPath } from "../../../src/archive/layout.ts";
import { objectKeys } from "../../support/archive-arbitraries.ts";
import { bytesOf } from "../../support/bytes.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const mtime = new Date(1_700_000_000_000);
type Entries = readonly (readonly [path: string, body: Uint8Array])[];

async function archiveOf(entries: Entries): Promise<Buffer> {
  const writer = createArchiveWriter({ mtime });
  const reading = bytesOf(writer.output);
  for (const [path, body] of entries) {
    writer.add(path, body);
    await writer.drained();
  }
  await writer.end();
  return reading;
}

async function entriesOf(archive: Uint8Array): Promise<[string, Uint8Array][]> {
  const tar = extract();
  tar.end(gunzipSync(archive));
  const entries: [string, Uint8Array][] = [];
  for await (const entry of tar) {
    assert.equal(entry.header.type, "file");
    assert.equal(entry.header.mode, 0o755);
    entries.push([entry.header.name, new Uint8Array(await buffer(entry))]);
  }
  return entries;
}

test("what goes in comes out in another reader, after metadata/version", async () => {
  const entries = fc.array(
    fc.tuple(objectKeys.map(objectPath), fc.uint8Array({ maxLength: 2000 })),
    { maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(entries, async (written) => {
      const [version, ...read] = await entriesOf(await archiveOf(written));
      assert.deepEqual(version, ["metadata/version", new TextEncoder().encode("1.1.0\n")]);
      assert.deepEqual(read, written);
    }),
    { numRuns: 60 },
  );
});

test("bodies around the size of a block come out whole", async () => {
  const sizes = [0, 1, 511, 512, 513, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3_000_000];
  const written = sizes.map((size, index): [string, Uint8Array] => [
    `resources/pods/cluster/p${index}.json`,
    new Uint8Array(size).map((_, at) => (at * 31 + index) & 0xff),
  ]);
  const [, ...read] = await entriesOf(await archiveOf(written));
  assert.deepEqual(read, written);
});

test("the same entries give the same bytes", async () => {
  const entries: Entries = [["resources/pods/cluster/a.json", Buffer.from("{}")]];
  assert.deepEqual(await archiveOf(entries), await archiveOf(entries));
});

test("a body may be reused as soon as add returns", async () => {
  const writer = createArchiveWriter({ mtime });
  const reading = bytesOf(writer.output);
  const body = Buffer.from("before");
  writer.add("resources/pods/cluster/a.json", body);
  body.write("after!");
  await writer.end();
  const [, entry] = await entriesOf(await reading);
  assert.equal(Buffer.from(entry?.[1] ?? []).toString(), "before");
});

test("entries and bytes are counted", async () => {
  const writer = createArchiveWriter({ mtime });
  const reading = bytesOf(writer.output);
  assert.equal(writer.entries, 0);
  writer.add("resources/pods/cluster/a.json", new Uint8Array(600));
  assert.equal(writer.entries, 1);
  await writer.end();
  assert.equal(writer.uncompressedBytes, gunzipSync(await reading).length);
  assert.throws(() => writer.add("resources/pods/cluster/b.json", new Uint8Array(0)), {
    code: "Internal",
  });
});

test("with a reader that stands still, drained waits while more than 1 MiB is not compressed, then goes on", async () => {
  const writer = createArchiveWriter({ mtime, compressionLevel: 1 });
  const chunks = writer.output[Symbol.asyncIterator]();
  fillUp(writer);
  const drained = Promise.withResolvers<"drained">();
  writer.drained().then(() => drained.resolve("drained"), drained.reject);
  let readBytes = 0;
  for (;;) {
    const next = await Promise.race([drained.promise, chunks.next()]);
    if (next === "drained") break;
    readBytes += next.value?.length ?? 0;
  }
  // Of the 16 MiB, what is left is what may wait, and what gzip and the stream hold.
  assert.ok(readBytes > 14_000_000, `${readBytes}`);
});

test("GNU tar lists and unpacks an archive, long and foreign names included", async (context) => {
  if (spawnSync("tar", ["--version"]).status !== 0) return context.skip("there is no tar");
  const names = ["a", "system:node", "long".repeat(60), "größe", "日本".repeat(30), "with space"];
  const entries = names.map((name): [string, Uint8Array] => [
    objectPath({
      groupResource: "roles.rbac.authorization.k8s.io",
      namespace: "n".repeat(60),
      name,
    }),
    Buffer.from(JSON.stringify({ name })),
  ]);
  const input = await archiveOf(entries);
  const directory = temporaryDirectory();
  const listed = spawnSync("tar", ["tzf", "-", "--quoting-style=literal"], {
    input,
    encoding: "utf8",
  });
  assert.equal(listed.stderr, "");
  assert.deepEqual(listed.stdout.trimEnd().split("\n"), [
    "metadata/version",
    ...entries.map(([path]) => path),
  ]);
  const unpacked = spawnSync("tar", ["xzf", "-", "-C", directory], { input, encoding: "utf8" });
  assert.deepEqual([unpacked.status, unpacked.stderr], [0, ""]);
  for (const [path, body] of entries) assert.deepEqual(readFileSync(join(directory, path)), body);
  assert.deepEqual(readdirSync(directory).toSorted(), ["metadata", "resources"]);
});

test("when the reader stops, drained and end reject instead of waiting", async () => {
  const writer = createArchiveWriter({ mtime, compressionLevel: 1 });
  fillUp(writer);
  const drained = writer.drained();
  for await (const _ of writer.output) break;
  const stopped = { code: "Internal", message: /not read to its end/ };
  await assert.rejects(drained, stopped);
  writer.add("resources/pods/cluster/more.json", new Uint8Array(3_000_000));
  await assert.rejects(writer.drained(), stopped);
  await assert.rejects(writer.end(), stopped);
});

test("when the reader gives up before its first read, end rejects", async () => {
  const writer = createArchiveWriter({ mtime });
  const ending = writer.end();
  await writer.output[Symbol.asyncIterator]().return?.();
  await assert.rejects(ending, { code: "Internal" });
});

test("after abort everyone fails with its reason: drained, end and the reader", async () => {
  const writer = createArchiveWriter({ mtime, compressionLevel: 1 });
  const reason = new Error("the store is gone");
  fillUp(writer);
  const drained = writer.drained();
  const reading = bytesOf(writer.output);
  writer.abort(reason);
  writer.abort(new Error("too late"));
  await Promise.all(
    [drained, reading, writer.end()].map((waiting) => assert.rejects(waiting, reason)),
  );
});

test("abort after everything was read changes nothing", async () => {
  const writer = createArchiveWriter({ mtime });
  const reading = bytesOf(writer.output);
  await writer.end();
  await reading;
  writer.abort(new Error("too late"));
  await writer.end();
});

/** 16 MiB that gzip cannot make smaller: far more than all buffers hold. */
function fillUp(writer: ArchiveWriter): void {
  const noise = new Uint8Array(1024 * 1024);
  let state = 1;
  for (let index = 0; index < noise.length; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    noise[index] = state >>> 24;
  }
  for (let part = 0; part < 16; part += 1) writer.add(`resources/pods/cluster/${part}.json`, noise);
}
