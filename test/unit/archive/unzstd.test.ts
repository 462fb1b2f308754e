import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { suite, test } from "node:test";
import { constants, zstdCompressSync } from "node:zlib";
import * as fc from "fast-check";
import { unzstd } from "../../../src/archive/unzstd.ts";
import { bytesOf, chunksOf } from "../../support/bytes.ts";

const plain = Buffer.concat([Buffer.alloc(300_000, "0123456789"), randomBytes(300_000)]);
const checksummed = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
const packed = zstdCompressSync(plain, checksummed);
const corrupt = (message: RegExp) => ({ code: "ArchiveCorrupt", message });

suite("unpacking zstd", () => {
  test("gives back what was packed, in one frame or several, however it is cut into chunks", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 2000 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 500 }),
        async (parts, size) => {
          const bytes = Buffer.concat(parts.map((part) => zstdCompressSync(part)));
          const chunks: Buffer[] = [];
          for (let at = 0; at < bytes.length; at += size)
            chunks.push(bytes.subarray(at, at + size));
          const unpacked = await bytesOf(unzstd(chunksOf(...chunks)));
          assert.ok(Buffer.concat(parts).equals(unpacked));
        },
      ),
      { numRuns: 30 },
    );
  });

  for (const length of [0, 3, packed.length >> 1, packed.length - 1]) {
    test(`of which only ${length} bytes are there is corrupt`, async () => {
      const cut = unzstd(chunksOf(packed.subarray(0, length)));
      await assert.rejects(bytesOf(cut), corrupt(/cut off/));
    });
  }

  test("that is something else, or was changed, is corrupt", async () => {
    await assert.rejects(bytesOf(unzstd(chunksOf("no zstd at all"))), corrupt(/zstd says/));
    const changed = Buffer.from(packed);
    changed[packed.length - 2] = (changed[packed.length - 2] ?? 0) ^ 1;
    await assert.rejects(bytesOf(unzstd(chunksOf(changed))), corrupt(/checksum/));
  });

  test("behind which other bytes go on is corrupt", async () => {
    const zeros = Array.from({ length: 20 }, () => Buffer.alloc(100_000));
    await assert.rejects(bytesOf(unzstd(chunksOf(packed, ...zeros))), corrupt(/follow/));
  });

  test("lets errors of its source through, and stopping early stops the source", async () => {
    const failure = new Error("the store is gone");
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, 1000);
      throw failure;
    }
    await assert.rejects(bytesOf(unzstd(failing())), failure);
    const stopped = Promise.withResolvers<void>();
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield packed;
      } finally {
        stopped.resolve();
      }
    }
    for await (const chunk of unzstd(endless())) if (chunk.length > 0) break;
    await stopped.promise;
  });

  test("holds a small part of it in memory at a time", async () => {
    const zeros = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024));
    let total = 0;
    for await (const chunk of unzstd(chunksOf(zeros))) {
      assert.ok(chunk.length <= 256 * 1024);
      total += chunk.length;
    }
    assert.equal(total, 64 * 1024 * 1024);
  });
});
