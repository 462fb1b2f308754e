import assert from "node:assert/strict";
import test from "node:test";
import {
  type CompressionChoice,
  initialCompression,
  observeTransfer,
  type Transfer,
} from "../../../../src/cluster/kubernetes/compression-choice.ts";

const MIB = 1024 * 1024;
const fast: Transfer = { wireBytes: 4 * MIB, bodyMs: 40 };
const slow: Transfer = { wireBytes: MIB, bodyMs: 500 };
const small: Transfer = { wireBytes: 200 * 1024, bodyMs: 5000 };

function after(transfers: readonly Transfer[], disableCompression = false): CompressionChoice {
  return transfers.reduce(observeTransfer, initialCompression({ disableCompression }));
}

test("pages are plain at first and stay so on a fast link", () => {
  assert.equal(after([]).gzip, false);
  assert.equal(after([fast, fast, fast]).gzip, false);
});

test("gzip is asked for after two slow pages", () => {
  assert.equal(after([slow]).gzip, false);
  assert.equal(after([slow, slow]).gzip, true);
  assert.equal(after([fast, slow, slow]).gzip, true);
});

test("a slow page between fast ones is not the link", () => {
  assert.equal(after([slow, fast, slow, fast, slow]).gzip, false);
});

test("small pages are not measured", () => {
  assert.equal(after([small, small, small]).gzip, false);
  assert.equal(after([slow, small, slow]).gzip, true);
});

test("a choice for gzip is kept: compressed bytes say nothing about plain ones", () => {
  assert.equal(after([slow, slow, fast, fast, fast]).gzip, true);
});

test("disabled compression stays disabled", () => {
  assert.equal(after([slow, slow, slow], true).gzip, false);
});

test("a body that came in no time counts as fast", () => {
  assert.equal(
    after([{ wireBytes: MIB, bodyMs: 0 }, slow, { wireBytes: MIB, bodyMs: 0 }]).gzip,
    false,
  );
});
