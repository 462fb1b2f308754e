import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import * as fc from "fast-check";
import { hashing } from "../../../src/archive/checksums.ts";
import { bytesOf, chunksOf } from "../../support/bytes.ts";

test("what passes through is unchanged, and its digest is that of the whole", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array()), async (chunks) => {
      const whole = Buffer.concat(chunks);
      const { content, digest } = hashing(chunksOf(...chunks));
      assert.deepEqual(await bytesOf(content), whole);
      const expected = {
        sha256: createHash("sha256").update(whole).digest("hex"),
        sizeBytes: whole.length,
      };
      assert.deepEqual(digest(), expected);
      assert.deepEqual(digest(), expected);
    }),
  );
});

test("there is no digest before the end", async () => {
  const { content, digest } = hashing(chunksOf("a", "b"));
  const chunks = content[Symbol.asyncIterator]();
  await chunks.next();
  await chunks.next();
  assert.throws(digest, { code: "Internal" });
  await chunks.next();
  assert.equal(digest().sizeBytes, 2);
});

test("an error of the source comes through, and leaves no digest", async () => {
  const failure = new Error("the cluster is gone");
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(1);
    throw failure;
  }
  const { content, digest } = hashing(failing());
  await assert.rejects(bytesOf(content), failure);
  assert.throws(digest, { code: "Internal" });
});

test("who stops reading stops the source, also before the first read", async () => {
  let stops = 0;
  const source: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false, value: new Uint8Array(1) }),
      return: async () => {
        stops += 1;
        return { done: true, value: undefined };
      },
    }),
  };
  for await (const _ of hashing(source).content) break;
  await hashing(source).content[Symbol.asyncIterator]().return?.();
  assert.equal(stops, 2);
});
