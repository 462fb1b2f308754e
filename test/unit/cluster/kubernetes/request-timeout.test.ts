import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRequestTimeout } from "../../../../src/cluster/kubernetes/request-timeout.ts";

test("time-outs are read as kubectl reads them", () => {
  const cases: readonly (readonly [string | undefined, number])[] = [
    [undefined, 0],
    ["", 0],
    ["0", 0],
    ["0s", 0],
    ["30", 30_000],
    ["30s", 30_000],
    ["1m", 60_000],
    ["1m30s", 90_000],
    ["1.5h", 5_400_000],
    ["250ms", 250],
  ];
  for (const [text, timeoutMs] of cases)
    assert.equal(parseRequestTimeout(text), timeoutMs, String(text));
});

test("anything else is a usage error with examples", () => {
  for (const text of ["-1", "-5s", "5 s", "1d", "soon", "1e3", "99999999", "9".repeat(5000)]) {
    assert.throws(() => parseRequestTimeout(text), { code: "Usage", hint: /30s, 2m or 1h/ }, text);
  }
});
