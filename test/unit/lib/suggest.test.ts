import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { didYouMean, suggest } from "../../../src/lib/suggest.ts";

const kinds = ["pods", "secrets", "services", "serviceaccounts", "configmaps", "po"];

describe("suggest", () => {
  for (const [word, expected] of [
    ["podz", ["pods"]],
    ["pdos", ["pods"]],
    ["pod", ["po", "pods"]],
    ["configmap", ["configmaps"]],
    ["cofnigmpas", ["configmaps"]],
    ["sercets", ["secrets"]],
    ["services", ["services"]],
    ["deployments", []],
    ["", []],
    ["zz", []],
  ] as const) {
    it(`${word}: [${expected.join(", ")}]`, () => assert.deepEqual(suggest(word, kinds), expected));
  }

  it("gives the nearest first, three at most, each once", () => {
    const candidates = ["aaaaaa", "aaaaab", "aaaaac", "aaaaad", "aaaaaa", "aaaabb"];
    assert.deepEqual(suggest("aaaaaa", candidates), ["aaaaaa", "aaaaab", "aaaaac"]);
  });

  it("does not compute on words of any length", () => {
    const [long, longer] = ["x".repeat(1_000_000), "x".repeat(1_000_100)];
    assert.deepEqual(suggest(long, ["pods", longer]), []);
  });

  it("finds a word again after one slip", () => {
    const word = fc.stringMatching(/^[a-z]{4,20}$/);
    fc.assert(
      fc.property(word, fc.nat(), (text, at) => {
        const cut = at % text.length;
        const slipped = `${text.slice(0, cut)}#${text.slice(cut + 1)}`;
        assert.deepEqual(suggest(slipped, [text]), [text]);
      }),
    );
  });
});

describe("didYouMean", () => {
  it("is the end of a sentence, or nothing", () => {
    assert.equal(didYouMean("podz", kinds), "; did you mean pods?");
    assert.equal(didYouMean("pod", kinds), "; did you mean po or pods?");
    assert.equal(didYouMean("deployments", kinds), "");
  });
});
