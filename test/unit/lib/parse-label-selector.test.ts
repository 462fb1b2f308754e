import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { ArkError } from "../../../src/lib/errors.ts";
import {
  formatLabelSelector,
  LABEL_OPERATORS,
  type LabelSelector,
  matchesLabels,
} from "../../../src/lib/label-selector.ts";
import { parseLabelSelector } from "../../../src/lib/parse-label-selector.ts";

const expression = (
  key: string,
  operator: (typeof LABEL_OPERATORS)[number],
  values?: readonly string[],
): LabelSelector => ({
  matchExpressions: [values ? { key, operator, values } : { key, operator }],
});

describe("parseLabelSelector", () => {
  const rows: readonly [text: string, selector: LabelSelector][] = [
    ["", {}],
    ["  ", {}],
    ["a=b", { matchLabels: { a: "b" } }],
    ["a==b", { matchLabels: { a: "b" } }],
    [" a = b , c=d ", { matchLabels: { a: "b", c: "d" } }],
    ["a=", { matchLabels: { a: "" } }],
    ["a=,b=c", { matchLabels: { a: "", b: "c" } }],
    ["a=in", { matchLabels: { a: "in" } }],
    ["in=a", { matchLabels: { in: "a" } }],
    ["example.com/a=b", { matchLabels: { "example.com/a": "b" } }],
    ["a!=b", expression("a", "NotIn", ["b"])],
    ["a in (b,c)", expression("a", "In", ["b", "c"])],
    ["a in(b, c ,b)", expression("a", "In", ["b", "c"])],
    ["a in (b,)", expression("a", "In", ["b", ""])],
    ["a in ()", expression("a", "In", [""])],
    ["a in (,)", expression("a", "In", [""])],
    ["a notin (b)", expression("a", "NotIn", ["b"])],
    ["a", expression("a", "Exists")],
    ["!a", expression("a", "DoesNotExist")],
    ["! a", expression("a", "DoesNotExist")],
    ["notin", expression("notin", "Exists")],
    ["in in (in)", expression("in", "In", ["in"])],
  ];
  for (const [text, selector] of rows) {
    it(`reads "${text}"`, () => assert.deepEqual(parseLabelSelector(text), selector));
  }

  it("keeps two equalities on one key, which then match nothing", () => {
    const selector = parseLabelSelector("a=b,a=c");
    assert.equal(matchesLabels(selector, { a: "b" }), false);
    assert.equal(matchesLabels(selector, { a: "c" }), false);
  });

  const refused: readonly [text: string, reason: RegExp][] = [
    [",", /found "," where a label key was expected/],
    ["a,", /found the end where a label key was expected/],
    ["a=b,", /found the end where a label key was expected/],
    ["a=b c=d", /found "c" where ',' or the end was expected/],
    ["a b", /found "b" where in, notin, =, ==, != or ',' was expected/],
    ["=a", /found "=" where a label key was expected/],
    ["a=b=c", /found "=" where ',' or the end was expected/],
    ["a===b", /found "=" where a value was expected/],
    ["!a=b", /found "=" where ',' or the end was expected/],
    ["!!a", /found "!" where a label key was expected/],
    ["a!", /found "!" where in, notin/],
    ["a in b", /found "b" where '\(' was expected/],
    ["a in (b", /found the end where ',' or '\)' was expected/],
    ["a in (b c)", /found "c" where ',' or '\)' was expected/],
    ["a in", /found the end where '\(' was expected/],
    ["a>1", /found ">" where in, notin/],
    ["a=-b", /"-b" is not a label value/],
    ["-a=b", /"-a" is not a label key/],
    ["__proto__=x", /"__proto__" is not a label key/],
    ["a=\u00e9", /is not a label value/],
  ];
  for (const [text, reason] of refused) {
    it(`refuses "${text}"`, () => {
      assert.throws(
        () => parseLabelSelector(text),
        (error) => {
          assert.ok(error instanceof ArkError);
          assert.equal(error.code, "Usage");
          assert.match(error.message, reason);
          assert.ok(error.message.startsWith(`invalid label selector "${text}"`));
          return true;
        },
      );
    });
  }

  it("refuses huge nonsense at once and with a short message", () => {
    for (const text of [
      "a".repeat(1_000_000),
      "!".repeat(1_000_000),
      " ".repeat(1_000_000) + "=",
    ]) {
      assert.throws(
        () => parseLabelSelector(text),
        (error) => error instanceof ArkError && error.message.length < 700,
      );
    }
  });

  it("gives a selector or an ArkError for any text", () => {
    const piece = fc.constantFrom("a", "b", "=", "!", "(", ")", ",", " in ", " notin ", "<", "\n");
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        try {
          parseLabelSelector(pieces.join(""));
        } catch (error) {
          assert.ok(error instanceof ArkError);
        }
      }),
    );
  });

  it("reads back what formatLabelSelector writes, with the same meaning", () => {
    const word = fc.constantFrom("a", "b", "in", "c.d/e");
    const value = fc.constantFrom("x", "y", "", "notin");
    const requirement = fc.oneof(
      fc.record({
        key: word,
        operator: fc.constantFrom("In" as const, "NotIn" as const),
        values: fc.array(value, { minLength: 1, maxLength: 3 }),
      }),
      fc.record({
        key: word,
        operator: fc.constantFrom("Exists" as const, "DoesNotExist" as const),
      }),
    );
    const selectors = fc.record({
      matchLabels: fc.dictionary(word, value),
      matchExpressions: fc.array(requirement, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(selectors, fc.dictionary(word, value), (selector, labels) => {
        const back = parseLabelSelector(formatLabelSelector(selector));
        assert.equal(matchesLabels(back, labels), matchesLabels(selector, labels));
        assert.equal(
          formatLabelSelector(back),
          formatLabelSelector(selector).replaceAll(/\(.*?\)/g, uniq),
        );
      }),
    );
  });
});

function uniq(set: string): string {
  return `(${[...new Set(set.slice(1, -1).split(","))].join(",")})`;
}
