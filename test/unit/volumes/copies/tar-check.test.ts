import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { pack } from "tar-stream";
import { TarCheck } from "../../../../src/volumes/copies/tar-check.ts";
import { END_MARK, paxEntry, tarEntry } from "../../../support/tar-bytes.ts";

function problemOf(...pieces: readonly Uint8Array[]): string | undefined {
  const check = new TarCheck();
  for (const piece of pieces) check.add(piece);
  return check.problem();
}

const entry = fc.record({
  name: fc.stringMatching(/^[a-z é/]{1,180}[a-z]$/),
  // Zeros, as data files have them: what is cut off in them looks like an end.
  content: fc.oneof(
    fc.uint8Array({ maxLength: 2000 }),
    fc.nat(4000).map((size) => new Uint8Array(size)),
  ),
  type: fc.constantFrom("file", "directory", "symlink", "fifo"),
});

type Entry = typeof entry extends fc.Arbitrary<infer T> ? T : never;

async function archiveOf(entries: readonly Entry[]): Promise<Buffer> {
  const packing = pack();
  for (const { name, content, type } of entries) {
    if (type === "file") packing.entry({ name }, Buffer.from(content));
    else packing.entry({ name, type, linkname: name }, "");
  }
  packing.finalize();
  return buffer(packing);
}

const binary = (size: bigint): Buffer =>
  tarEntry("huge", "", {
    patch: (header) => {
      header.fill(0, 124, 136);
      header[124] = 0x80;
      header.writeBigUInt64BE(size, 128);
    },
  });

describe("TarCheck", () => {
  it("takes every archive that is whole, however it is cut into pieces, and counts its bytes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 6 }),
        fc.integer({ min: 1, max: 3000 }),
        async (entries, step) => {
          const archive = await archiveOf(entries);
          const check = new TarCheck();
          for (let at = 0; at < archive.length; at += step)
            check.add(archive.subarray(at, at + step));
          assert.equal(check.problem(), undefined);
          assert.equal(check.totalBytes, archive.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("finds every archive that was cut off before its end", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 4 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (entries, share) => {
          const archive = await archiveOf(entries);
          const kept = Math.floor(share * (archive.length - 1));
          assert.match(problemOf(archive.subarray(0, kept)) ?? "", /cut off after \d+ bytes/);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("does not take zeros in a file for the end", () => {
    const file = tarEntry("wal", new Uint8Array(16_384));
    assert.match(problemOf(file.subarray(0, 8192)) ?? "", /cut off/);
  });

  it("takes zeros after the end, as tar pads its records", () => {
    assert.equal(problemOf(tarEntry("a", "x"), END_MARK, new Uint8Array(8192)), undefined);
  });

  it("refuses what follows the end, half a block at the end, and what is no archive", () => {
    const file = tarEntry("a", "x");
    assert.match(problemOf(file, END_MARK, file) ?? "", /damaged at byte 2048$/);
    assert.match(problemOf(file, END_MARK, new Uint8Array(100)) ?? "", /cut off/);
    assert.match(problemOf(Buffer.alloc(2048, "no tar at all ")) ?? "", /damaged at byte 0$/);
    assert.match(problemOf() ?? "", /cut off after 0 bytes/);
  });

  it("refuses a header with a wrong checksum", () => {
    const file = tarEntry("a", "x");
    file[0] = 98;
    assert.match(problemOf(file, END_MARK) ?? "", /damaged/);
  });

  it("takes the size of pax records before the header's, for one entry only", () => {
    const body = new Uint8Array(1024);
    const header = tarEntry("big", "");
    assert.equal(
      problemOf(paxEntry("13 size=1024\n"), header, body, tarEntry("b"), END_MARK),
      undefined,
    );
    const xattr = `30 SCHILY.xattr.user.a=${"v".repeat(6)}\n`;
    assert.equal(problemOf(paxEntry(`${xattr}13 size=1024\n`), header, body, END_MARK), undefined);
    assert.match(problemOf(paxEntry("13 size=2048\n"), header, body, END_MARK) ?? "", /cut off/);
  });

  it("takes GNU's binary sizes, for what is larger than eight gigabytes", () => {
    assert.equal(problemOf(binary(1024n), new Uint8Array(1024), END_MARK), undefined);
    assert.match(
      problemOf(binary(9_000_000_000n), new Uint8Array(1024), END_MARK) ?? "",
      /cut off/,
    );
    assert.match(problemOf(binary(2n ** 63n)) ?? "", /damaged/);
  });

  it("does not wait for content of links and directories, whatever their size says", () => {
    const link = tarEntry("l", "", {
      type: "1",
      patch: (header) => void header.write("00000002000\0", 124, "latin1"),
    });
    assert.equal(problemOf(link, END_MARK), undefined);
  });

  it("keeps no pax records without bound", () => {
    const huge = tarEntry("PaxHeader/x", "", {
      type: "x",
      patch: (header) => void header.write("77777777777\0", 124, "latin1"),
    });
    assert.match(problemOf(huge, new Uint8Array(4096)) ?? "", /cut off/);
  });
});
