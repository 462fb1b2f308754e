import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { ArkError } from "../../../../src/lib/errors.ts";
import { CopyChannel } from "../../../../src/volumes/copies/copy-channel.ts";
import { bytesOf } from "../../../support/bytes.ts";

const pieces = fc.array(fc.uint8Array({ maxLength: 700_000 }), { maxLength: 6 });
const broken = new ArkError("ServerError", "broken");

describe("CopyChannel", () => {
  it("gives the bytes that were written, in blocks of 256 KiB and a rest", async () => {
    await fc.assert(
      fc.asyncProperty(pieces, async (written) => {
        const channel = new CopyChannel();
        const sizes: number[] = [];
        const read = (async function* () {
          for await (const block of channel.blocks) {
            sizes.push(block.length);
            yield block;
          }
        })();
        const received = bytesOf(read);
        for (const piece of written) await channel.write(piece);
        channel.end();
        assert.deepEqual(await received, Buffer.concat(written));
        assert.ok(sizes.slice(0, -1).every((size) => size === 256 * 1024));
        assert.equal(channel.isDrained, true);
      }),
      { numRuns: 30 },
    );
  });

  it("copies what it is given: the sender may use its buffer again", async () => {
    const channel = new CopyChannel();
    const buffer = Buffer.from("first");
    void channel.write(buffer);
    buffer.write("later");
    channel.end();
    assert.equal((await bytesOf(channel.blocks)).toString(), "first");
  });

  it("holds the sender back while three blocks wait, and no longer", async () => {
    const channel = new CopyChannel();
    const block = new Uint8Array(256 * 1024);
    assert.equal(channel.write(block), undefined);
    assert.equal(channel.write(block), undefined);
    const held = channel.write(block);
    assert.ok(held instanceof Promise);
    assert.equal(channel.isFull, true);
    const reader = channel.blocks[Symbol.asyncIterator]();
    await reader.next();
    await held;
    assert.equal(channel.isFull, false);
  });

  it("gives a failure to a reader that waits, before what was not read yet", async () => {
    const channel = new CopyChannel();
    const waiting = bytesOf(channel.blocks);
    channel.fail(broken);
    await assert.rejects(waiting, broken);
    assert.throws(() => channel.write(Uint8Array.of(1)), broken);
  });

  it("gives a failure to a sender that is held back", async () => {
    const channel = new CopyChannel();
    const held = channel.write(new Uint8Array(1024 * 1024));
    channel.fail(broken);
    await assert.rejects(async () => held, broken);
  });

  it("fails also after the end, as long as the reader has not come to it", async () => {
    const channel = new CopyChannel();
    void channel.write(Uint8Array.of(1));
    channel.end();
    channel.fail(broken);
    await assert.rejects(bytesOf(channel.blocks), broken);
  });

  it("does not fail any more once the reader has come to the end", async () => {
    const channel = new CopyChannel();
    channel.end();
    await bytesOf(channel.blocks);
    channel.fail(broken);
    assert.equal(channel.isDrained, true);
  });

  it("tells the sender that the reader has gone", async () => {
    const channel = new CopyChannel();
    const held = channel.write(new Uint8Array(1024 * 1024));
    for await (const _ of channel.blocks) break;
    await assert.rejects(async () => held, /not read to its end/);
    assert.equal(channel.isDrained, false);
  });
});
