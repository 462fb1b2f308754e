import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  createIncludesExcludes,
  validateIncludesExcludes,
  validateScopedIncludesExcludes,
} from "../../../src/lib/includes-excludes.ts";

type Lists = readonly [includes: readonly string[], excludes: readonly string[]];

const everything = ([includes, excludes]: Lists): boolean =>
  createIncludesExcludes(includes, excludes).includesEverything;

describe("createIncludesExcludes (Ark 0.8.1's rows, semantics 7.7)", () => {
  const rows: readonly [...Lists, name: string, included: boolean][] = [
    [[], [], "foo", true],
    [["*"], [], "foo", true],
    [["foo", "bar", "baz"], [], "foo", true],
    [["foo", "baz"], [], "bar", false],
    [["*"], ["foo"], "foo", false],
    [["*"], ["foo"], "bar", true],
    [["foo"], ["foo"], "foo", false],
  ];
  for (const [includes, excludes, name, included] of rows) {
    it(`(${includes.join()} − ${excludes.join()}) ${included ? "includes" : "leaves out"} ${name}`, () => {
      assert.equal(createIncludesExcludes(includes, excludes).shouldInclude(name), included);
    });
  }

  it("takes globs among names, in both lists", () => {
    const filter = createIncludesExcludes(["team-*", "shared"], ["team-[0-9]", "*-test"]);
    const names = ["team-a", "shared", "team-7", "team-a-test", "other"];
    assert.deepEqual(
      names.filter((name) => filter.shouldInclude(name)),
      ["team-a", "shared"],
    );
  });

  it("includes everything only with no excludes and no includes but *", () => {
    assert.equal(everything([[], []]), true);
    assert.equal(everything([["*"], []]), true);
    assert.equal(everything([["*"], ["a"]]), false);
    assert.equal(everything([[], ["a"]]), false);
    assert.equal(everything([["a"], []]), false);
    assert.equal(everything([["*", "a"], []]), false);
    assert.equal(everything([["a*"], []]), false);
  });

  it("looks names up in long lists quickly", () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `ns-${index}`);
    const filter = createIncludesExcludes(names, []);
    assert.equal(
      names.every((name) => filter.shouldInclude(name)),
      true,
    );
  });
});

const INCLUDES_STAR = "includes list must either contain '*' only, or a non-empty list of items";
const EXCLUDES_STAR = "excludes list cannot contain '*'";
const overlap = (name: string): string =>
  `excludes list cannot contain an item in the includes list: ${name}`;

describe("validateIncludesExcludes (Ark 0.8.1's rows and texts, semantics 7.7 and 2.1)", () => {
  const rows: readonly [...Lists, errors: readonly string[]][] = [
    [[], [], []],
    [["*"], [], []],
    [["*", "foo"], [], [INCLUDES_STAR]],
    [["foo"], ["*"], [EXCLUDES_STAR]],
    [["foo", "bar"], ["bar"], [overlap("bar")]],
    [
      ["b", "a"],
      ["b", "a", "b"],
      [overlap("a"), overlap("b")],
    ],
    [
      ["*", "foo"],
      ["*", "foo"],
      [INCLUDES_STAR, EXCLUDES_STAR, overlap("*"), overlap("foo")],
    ],
    [["a["], [], ['"a[" is not a pattern: [ is never closed']],
    [[""], [], ['"" is not a pattern: it is empty']],
    [["db-*"], ["db-1"], []],
  ];
  for (const [includes, excludes, errors] of rows) {
    it(`[${includes.join()}] − [${excludes.join()}] has ${errors.length} errors`, () => {
      assert.deepEqual(validateIncludesExcludes(includes, excludes), errors);
    });
  }
});

describe("validateScopedIncludesExcludes (Velero's rules)", () => {
  const rows: readonly [...Lists, errors: readonly string[]][] = [
    [[], ["*"], []],
    [["*", "a"], [], [INCLUDES_STAR]],
    [[], ["*", "a"], ["excludes list must either contain '*' only, or a non-empty list of items"]],
    [["a"], ["*"], ["when exclude is '*', include cannot have value"]],
    [["a"], ["a"], [overlap("a")]],
  ];
  for (const [includes, excludes, errors] of rows) {
    it(`[${includes.join()}] − [${excludes.join()}] has ${errors.length} errors`, () => {
      assert.deepEqual(validateScopedIncludesExcludes(includes, excludes), errors);
    });
  }
});
