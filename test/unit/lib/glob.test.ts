import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { compileGlob, globError, isGlob } from "../../../src/lib/glob.ts";

describe("compileGlob", () => {
  const rows: readonly [pattern: string, text: string, matches: boolean][] = [
    ["*", "", true],
    ["*", "anything.at-all", true],
    ["db-*", "db-1", true],
    ["db-*", "db-", true],
    ["db-*", "my-db-1", false],
    ["*.apps", "deployments.apps", true],
    ["*.apps", "deployments.apps.example.com", false],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["**", "x", true],
    ["db-?", "db-1", true],
    ["db-?", "db-", false],
    ["db-?", "db-12", false],
    ["db-[0-9]", "db-7", true],
    ["db-[0-9]", "db-a", false],
    ["db-[abc]", "db-b", true],
    ["db-[!abc]", "db-b", false],
    ["db-[!abc]", "db-d", true],
    ["[a-c]*[x-z]", "b-y", true],
    ["a.c", "abc", false],
    ["a+", "aa", false],
    ["plain", "plain", true],
    ["plain", "Plain", false],
    ["", "", true],
    ["", "a", false],
  ];
  for (const [pattern, text, matches] of rows) {
    it(`${pattern || "an empty pattern"} ${matches ? "matches" : "does not match"} "${text}"`, () => {
      assert.equal(compileGlob(pattern)(text), matches);
    });
  }

  it("answers at once where a backtracking matcher would run for years", () => {
    const matches = compileGlob(`${"*a".repeat(100)}b`);
    assert.equal(matches("a".repeat(10_000)), false);
    assert.equal(compileGlob("*".repeat(100_000))("a".repeat(253)), true);
  });

  it("takes a text without special characters to match itself only", () => {
    const word = fc.stringMatching(/^[a-z0-9.-]{0,20}$/);
    fc.assert(
      fc.property(word, word, (pattern, text) => {
        assert.equal(compileGlob(pattern)(text), pattern === text);
      }),
    );
  });

  it("agrees with a regular expression of the same meaning", () => {
    const pattern = fc.array(fc.constantFrom("a", "b", "*", "?", "[ab]", "[!a]"), { maxLength: 8 });
    fc.assert(
      fc.property(pattern, fc.stringMatching(/^[abc]{0,8}$/), (tokens, text) => {
        const meaning: Record<string, string> = { "*": ".*", "?": ".", "[!a]": "[^a]" };
        const expression = new RegExp(`^${tokens.map((t) => meaning[t] ?? t).join("")}$`);
        assert.equal(compileGlob(tokens.join(""))(text), expression.test(text));
      }),
    );
  });
});

describe("globError", () => {
  for (const [pattern, error] of [
    ["db-[0-9", "[ is never closed"],
    ["[", "[ is never closed"],
    ["[]", "[ is never closed"],
    ["[!]", "[ ] is empty"],
    ["[z-a]", "the range z-a is reversed"],
    ["{a,b}", "{ } are not supported: list the names one by one"],
  ] as const) {
    it(`refuses ${pattern}: ${error}`, () => {
      assert.equal(globError(pattern), error);
      assert.equal(compileGlob(pattern)(pattern), false);
    });
  }

  it("never throws, whatever the pattern", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (pattern, text) => {
        assert.equal(typeof compileGlob(pattern)(text), "boolean");
      }),
    );
  });
});

describe("isGlob", () => {
  it("tells patterns from names", () => {
    assert.deepEqual(["a*", "a?", "[a]"].map(isGlob), [true, true, true]);
    assert.deepEqual(["", "a", "deployments.apps"].map(isGlob), [false, false, false]);
  });
});
