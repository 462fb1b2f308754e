import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import * as fc from "fast-check";
import { compressBlocks } from "../../../../src/volumes/copies/copy-compression.ts";
import { bytesOf, chunksOf } from "../../../support/bytes.ts";

describe("compressBlocks", () => {
  it("gives what decompresses to the same bytes, whatever the blocks are", async () => {
    const blocks = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 5000 }),
        fc.nat(400_000).map((size) => new Uint8Array(size)),
      ),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(blocks, async (given) => {
        const compressed = await bytesOf(compressBlocks(chunksOf(...given)));
        assert.deepEqual(zstdDecompressSync(compressed), Buffer.concat(given));
      }),
      { numRuns: 40 },
    );
  });

  it("notices a flipped bit, by the checksum of the frame", async () => {
    const compressed = await bytesOf(compressBlocks(chunksOf("some content")));
    const last = compressed.length - 1;
    compressed[last] = (compressed[last] ?? 0) ^ 1;
    assert.throws(() => zstdDecompressSync(compressed));
  });

  it("throws the error of its blocks, and gives no whole frame", async () => {
    const failing = (async function* () {
      yield new Uint8Array(300_000);
      throw new Error("no more");
    })();
    const received: Uint8Array[] = [];
    await assert.rejects(async () => {
      for await (const chunk of compressBlocks(failing)) received.push(chunk);
    }, /no more/);
    assert.throws(() => zstdDecompressSync(Buffer.concat(received)));
  });

  it("ends the blocks when its reader stops early", async () => {
    let given = 0;
    let isReturned = false;
    const noise = randomBytes(262_144);
    const blocks: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          given += 1;
          return { done: false, value: noise };
        },
        return: async () => {
          isReturned = true;
          return { done: true, value: undefined };
        },
      }),
    };
    for await (const _ of compressBlocks(blocks)) break;
    assert.equal(isReturned, true);
    assert.ok(given < 50, `${given} blocks were taken for one chunk`);
  });
});
