import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { formatGoDuration, parseGoDuration } from "../../../src/lib/duration.ts";

describe("parseGoDuration", () => {
  const rows: readonly [text: string, ms: number | undefined][] = [
    // The rows of Ark 0.8.1's semantics, 1.3.
    ["30", undefined],
    ["0", 0],
    ["10S", undefined],
    ["1d", undefined],
    ["5 s", undefined],
    ["1h30m", 5_400_000],
    ["1.5s", 1500],
    [".5m", 30_000],
    ["+3s", 3000],
    ["-5s", -5000],
    ["5m3s", 303_000],
    ["invalid", undefined],
    // Go's own grammar.
    ["", undefined],
    ["+", undefined],
    ["-", undefined],
    ["-0", 0],
    ["+0", 0],
    ["00", undefined],
    ["0s", 0],
    ["-0s", 0],
    ["1.s", 1000],
    [".s", undefined],
    [".", undefined],
    ["s", undefined],
    ["--1s", undefined],
    ["+-1s", undefined],
    ["1s ", undefined],
    [" 1s", undefined],
    ["1s-1s", undefined],
    ["1e3s", undefined],
    ["1s\n", undefined],
    ["1m1m", 120_000],
    ["1s1h", 3_601_000],
    ["10us", 0.01],
    ["10\u00b5s", 0.01],
    ["10\u03bcs", 0.01],
    ["1ns", 0.000001],
    ["1.000000001s", 1000.000001],
    ["0.000000000000000000000000000001h", 0],
    ["000000000000000000000000000000000001s", 1000],
    ["720h", 2_592_000_000],
    // 64 bits of nanoseconds.
    ["2562047h47m16.854775807s", 9_223_372_036_854.775],
    ["2562047h47m16.854775808s", undefined],
    ["9223372036854775808ns", undefined],
    ["99999999999999999999s", undefined],
  ];
  for (const [text, ms] of rows) {
    it(`reads ${JSON.stringify(text)} as ${ms === undefined ? "no duration" : `${ms} ms`}`, () => {
      assert.equal(parseGoDuration(text), ms);
    });
  }

  it("refuses a million digits, with or without a unit, at once", () => {
    const digits = "1".repeat(1_000_000);
    assert.equal(parseGoDuration(digits), undefined);
    assert.equal(parseGoDuration(`${digits}s`), undefined);
    assert.equal(parseGoDuration("1s".repeat(500_000)), 500_000_000);
    assert.equal(parseGoDuration(`0.${digits}s`), 111.111111);
  });

  it("never throws and never gives something that is not a finite number", () => {
    const piece = fc.constantFrom("1", "9", ".", "h", "m", "s", "us", "-", "+", " ", "0");
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join("")),
        (text) => {
          const ms = parseGoDuration(text);
          assert.ok(ms === undefined || Number.isFinite(ms));
        },
      ),
    );
  });
});

describe("formatGoDuration", () => {
  const rows: readonly [ms: number, text: string][] = [
    [0, "0s"],
    [-0, "0s"],
    [0.000001, "1ns"],
    [0.0011, "1.1\u00b5s"],
    [2.2, "2.2ms"],
    [20, "20ms"],
    [999, "999ms"],
    [1000, "1s"],
    [1500, "1.5s"],
    [30_000, "30s"],
    [60_000, "1m0s"],
    [3_600_000, "1h0m0s"],
    [5_400_500, "1h30m0.5s"],
    [2_592_000_000, "720h0m0s"],
    [-5000, "-5s"],
  ];
  for (const [ms, text] of rows) {
    it(`writes ${ms} ms as ${text}`, () => assert.equal(formatGoDuration(ms), text));
  }

  it("writes what parseGoDuration reads back unchanged", () => {
    const milliseconds = fc.integer({ min: -(2 ** 40), max: 2 ** 40 });
    fc.assert(
      fc.property(milliseconds, (ms) => {
        assert.equal(parseGoDuration(formatGoDuration(ms)), ms === 0 ? 0 : ms);
      }),
    );
  });

  it("keeps nanoseconds", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 50 }), (ns) => {
        const back = parseGoDuration(formatGoDuration(ns / 1e6));
        assert.ok(back !== undefined && Math.abs(back - ns / 1e6) < 0.000001);
      }),
    );
  });
});
