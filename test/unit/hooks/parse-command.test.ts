import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { parseHookCommand } from "../../../src/hooks/parse-command.ts";

const NOT_SPLIT = /is not split; write a JSON array$/;
const NO_ARRAY = /is no JSON array of texts: it is taken as one word$/;

describe("parseHookCommand (Ark 0.8.1, semantics 1.3 and 7.1)", () => {
  const rows: readonly [value: string, argv: readonly string[], warning?: RegExp][] = [
    ["/usr/bin/foo", ["/usr/bin/foo"]],
    ["/bin/ls -l", ["/bin/ls -l"], NOT_SPLIT],
    ['["a","b","c"]', ["a", "b", "c"]],
    ['["a","b c"]', ["a", "b c"]],
    ['[ "a" , "b" ]', ["a", "b"]],
    ['["a"]\n', ["a"]],
    [' ["a"]', [' ["a"]'], NOT_SPLIT],
    ["[blarg", ["[blarg"], NO_ARRAY],
    ['["a"] x', ['["a"] x'], NO_ARRAY],
    ['["a",1]', ['["a",1]'], NO_ARRAY],
    ['[["a"]]', ['[["a"]]'], NO_ARRAY],
    ['["a",null]', ["a", ""]],
    ["[]", []],
    ["null", ["null"]],
    ['"q"', ['"q"']],
    ['["\\ud800"]', ["\uFFFD"]],
    ['["\\u0041"]', ["A"]],
    ["['a']", ["['a']"], NO_ARRAY],
    ['["a",]', ['["a",]'], NO_ARRAY],
  ];
  for (const [value, argv, warning] of rows) {
    it(`reads ${JSON.stringify(value)} as ${JSON.stringify(argv)}`, () => {
      const parsed = parseHookCommand(value);
      assert.deepEqual(parsed.argv, argv);
      if (warning) assert.match(parsed.warning ?? "", warning);
      else assert.equal(parsed.warning, undefined);
    });
  }

  it("reads back any argv that was written as JSON", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (argv) => {
        assert.deepEqual(parseHookCommand(JSON.stringify(argv)), { argv });
      }),
    );
  });

  it("keeps whatever does not start with [ as one word", () => {
    const text = fc.string().filter((value) => !value.startsWith("["));
    fc.assert(
      fc.property(text, (value) => assert.deepEqual(parseHookCommand(value).argv, [value])),
    );
  });

  it("takes huge and deeply nested values without trouble, and warns briefly", () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    const parsed = parseHookCommand(deep);
    assert.deepEqual(parsed.argv, [deep]);
    assert.ok((parsed.warning ?? "").length < 200);
    const words = Array.from({ length: 100_000 }, () => "x");
    assert.equal(parseHookCommand(JSON.stringify(words)).argv.length, 100_000);
  });
});
