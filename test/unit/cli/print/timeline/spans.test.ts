import assert from "node:assert/strict";
import { test } from "node:test";
import { formatMoment, formatSpan, timeOf } from "../../../../../src/cli/print/timeline/spans.ts";

const spans: [number, string][] = [
  [0, "0 ms"],
  [999.4, "999 ms"],
  [999.6, "1 s"],
  [1234, "1.23 s"],
  [1500, "1.5 s"],
  [59_994, "59.99 s"],
  [59_996, "1 min"],
  [125_000, "2 min 5 s"],
  [3_599_600, "1 h"],
  [5_400_000, "1 h 30 min"],
  [90_061_000, "25 h 1 min 1 s"],
  [-1500, "-1.5 s"],
];
for (const [ms, words] of spans) {
  test(`${ms} ms is "${words}"`, () => assert.equal(formatSpan(ms), words));
}

test("what is no time is undefined, and said to be unknown", () => {
  assert.equal(timeOf("yesterday"), undefined);
  assert.equal(timeOf(undefined), undefined);
  assert.equal(formatMoment(timeOf("yesterday")), "at an unknown time");
  assert.equal(formatMoment(1e17), "at an unknown time");
});
