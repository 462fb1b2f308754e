import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { quoted } from "../../../src/lib/quoted.ts";
import { anyText } from "../../support/archive-arbitraries.ts";

test("what can be read stays as it is, in quotes", () => {
  assert.equal(quoted("größe 日本 😀"), '"größe 日本 😀"');
  assert.equal(quoted('a"b\\c'), '"a\\"b\\\\c"');
});

test("control characters, changes of direction and lone surrogates are escaped", () => {
  assert.equal(
    quoted("\u001b[2J\u0090\u202e\u2028\u{e0001}\ud800\n"),
    '"\\u001b[2J\\u0090\\u202e\\u2028\\u{e0001}\\ud800\\n"',
  );
});

test("huge text is cut", () => {
  assert.equal(quoted("a".repeat(1_000_000)).length, 303);
});

test("no text gets a character through that moves a terminal", () => {
  fc.assert(
    fc.property(anyText(60), (text) => {
      assert.doesNotMatch(quoted(text), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
  );
});
