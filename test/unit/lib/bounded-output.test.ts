import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { array, assert as check, integer, property, string, uint8Array } from "fast-check";
import { captureOutput } from "../../../src/lib/bounded-output.ts";
import type { CapturedOutput } from "../../../src/lib/bounded-output.ts";

function capture(limitBytes: number, ...chunks: (string | Uint8Array)[]): CapturedOutput {
  const output = captureOutput(limitBytes);
  for (const chunk of chunks) output.write(Buffer.from(chunk));
  return output.result();
}

describe("captured output", () => {
  it("is whole up to its limit, also an odd one", () => {
    assert.deepEqual(capture(5, "ab", "", "cde"), {
      text: "abcde",
      totalBytes: 5,
      omittedBytes: 0,
    });
    assert.deepEqual(capture(5), { text: "", totalBytes: 0, omittedBytes: 0 });
  });

  it("is head and tail beyond its limit, with a line on what is left out", () => {
    assert.deepEqual(capture(6, "abcdefghij"), {
      text: "abc\n… 4 bytes left out …\nhij",
      totalBytes: 10,
      omittedBytes: 4,
    });
  });

  it("is the same for one large piece and for single bytes", () => {
    const text = "0123456789".repeat(100);
    assert.deepEqual(capture(100, ...text.split("")), capture(100, text));
  });

  it("puts a character together that comes in two pieces", () => {
    const euro = Buffer.from("€");
    assert.equal(capture(100, euro.subarray(0, 1), euro.subarray(1)).text, "€");
  });

  it("leaves a character out that the cut would split, and counts its bytes", () => {
    const captured = capture(10, "aé€😀-€€€😀é");
    assert.equal(captured.text, "aé\n… 21 bytes left out …\né");
    assert.equal(capture(8, "😀".repeat(20)).text, "😀\n… 72 bytes left out …\n😀");
  });

  it("keeps nothing with a limit of 0, and still counts", () => {
    const captured = capture(0, "abc", "d");
    assert.deepEqual([captured.totalBytes, captured.omittedBytes], [4, 4]);
    assert.deepEqual(capture(0), { text: "", totalBytes: 0, omittedBytes: 0 });
  });

  it("does not hold on to a chunk that the caller uses again", () => {
    const output = captureOutput(100);
    const chunk = Buffer.from("abc");
    output.write(chunk);
    chunk.fill(120);
    assert.equal(output.result().text, "abc");
  });

  it("can be asked in the middle and goes on", () => {
    const output = captureOutput(4);
    output.write(Buffer.from("abc"));
    assert.equal(output.result().text, "abc");
    output.write(Buffer.from("def"));
    assert.equal(output.result().text, "ab\n… 2 bytes left out …\nef");
  });

  it("stays small for a million single bytes", () => {
    const output = captureOutput(1000);
    const byte = Uint8Array.of(97);
    for (let count = 0; count < 1_000_000; count += 1) output.write(byte);
    const captured = output.result();
    assert.equal(captured.omittedBytes, 999_000);
    assert.ok(captured.text.length < 1100);
  });

  it("accounts for every byte, whatever the pieces and the limit", () => {
    check(
      property(
        array(uint8Array({ maxLength: 40 })),
        integer({ min: 0, max: 60 }),
        (chunks, limit) => {
          const captured = capture(limit, ...chunks);
          const all = Buffer.concat(chunks);
          assert.equal(captured.totalBytes, all.length);
          assert.equal(captured.omittedBytes === 0, all.length <= limit);
          if (all.length <= limit)
            assert.equal(captured.text, new TextDecoder("utf-8", { ignoreBOM: true }).decode(all));
        },
      ),
    );
  });

  it("never makes garbage of proper text", () => {
    check(
      property(
        string({ unit: "binary", maxLength: 60 }),
        integer({ min: 0, max: 60 }),
        (text, limit) => {
          const captured = capture(limit, text);
          const [head = "", tail = ""] = captured.text.split(/\n… \d+ bytes left out …\n/);
          if (captured.omittedBytes === 0) return;
          assert.ok(text.startsWith(head) && text.endsWith(tail));
          assert.equal(captured.omittedBytes, captured.totalBytes - Buffer.byteLength(head + tail));
        },
      ),
    );
  });
});
