import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  formatLabelSelector,
  type LabelSelector,
  matchesLabels,
  requirementError,
} from "../../../src/lib/label-selector.ts";

describe("matchesLabels", () => {
  const rows: readonly [selector: LabelSelector, labels: Record<string, string>, is: boolean][] = [
    // Ark 0.8.1's rows, semantics 7.1.
    [{ matchLabels: { a: "b" } }, { a: "b" }, true],
    [{ matchLabels: { a: "b" } }, { a: "c" }, false],
    [{}, {}, true],
    [{}, { a: "b" }, true],
    [{ matchLabels: null, matchExpressions: null }, { a: "b" }, true],
    [{ matchLabels: { a: "b", c: "d" } }, { a: "b" }, false],
    [{ matchLabels: { a: "" } }, { a: "" }, true],
    [{ matchLabels: { a: "" } }, {}, false],
    [{ matchExpressions: [{ key: "a", operator: "In", values: ["x", "y"] }] }, { a: "y" }, true],
    [{ matchExpressions: [{ key: "a", operator: "In", values: ["x"] }] }, {}, false],
    [{ matchExpressions: [{ key: "a", operator: "NotIn", values: ["x"] }] }, { a: "x" }, false],
    [{ matchExpressions: [{ key: "a", operator: "NotIn", values: ["x"] }] }, {}, true],
    [{ matchExpressions: [{ key: "a", operator: "Exists" }] }, { a: "" }, true],
    [{ matchExpressions: [{ key: "a", operator: "Exists" }] }, {}, false],
    [{ matchExpressions: [{ key: "a", operator: "DoesNotExist" }] }, {}, true],
    [{ matchExpressions: [{ key: "a", operator: "DoesNotExist" }] }, { a: "" }, false],
    // A label that happens to be named like a property of every object.
    [{ matchExpressions: [{ key: "constructor", operator: "Exists" }] }, {}, false],
    [
      {
        matchLabels: { a: "b" },
        matchExpressions: [{ key: "a", operator: "NotIn", values: ["b"] }],
      },
      { a: "b" },
      false,
    ],
  ];
  for (const [selector, labels, is] of rows) {
    it(`${JSON.stringify(selector)} ${is ? "matches" : "does not match"} ${JSON.stringify(labels)}`, () => {
      assert.equal(matchesLabels(selector, labels), is);
    });
  }
});

describe("formatLabelSelector", () => {
  it("writes {} as an empty text, not as <none>", () => {
    assert.equal(formatLabelSelector({}), "");
    assert.equal(formatLabelSelector({ matchLabels: {}, matchExpressions: [] }), "");
  });

  it("writes every operator, sorted by key", () => {
    const selector: LabelSelector = {
      matchLabels: { z: "1", a: "b" },
      matchExpressions: [
        { key: "tier", operator: "In", values: ["web", "db"] },
        { key: "env", operator: "NotIn", values: ["dev"] },
        { key: "old", operator: "DoesNotExist" },
        { key: "example.com/owner", operator: "Exists", values: [] },
      ],
    };
    const text = "a=b,env notin (dev),example.com/owner,!old,tier in (db,web),z=1";
    assert.equal(formatLabelSelector(selector), text);
  });
});

describe("requirementError", () => {
  const refused: readonly [Parameters<typeof requirementError>[0], string][] = [
    [{ key: "a", operator: "In" }, "In needs at least one value"],
    [{ key: "a", operator: "NotIn", values: [] }, "NotIn needs at least one value"],
    [{ key: "a", operator: "Exists", values: ["x"] }, "Exists takes no values"],
    [{ key: "", operator: "Exists" }, '"" is not a label key: its name is empty'],
    [{ key: "a/", operator: "Exists" }, '"a/" is not a label key: its name is empty'],
  ];
  for (const [requirement, error] of refused) {
    it(`refuses ${JSON.stringify(requirement)}: ${error}`, () => {
      assert.equal(requirementError(requirement), error);
    });
  }

  it("refuses keys and values that Kubernetes does not take", () => {
    const keys = ["-a", "a b", "/a", "A.com/a", "a/b/c", "a".repeat(64), `${"a".repeat(254)}/b`];
    for (const key of keys) {
      assert.match(requirementError({ key, operator: "Exists" }) ?? "", /is not a label key/);
    }
    for (const value of ["-", "a b", "a/b", "a".repeat(64), "x".repeat(1_000_000)]) {
      const error = requirementError({ key: "a", operator: "In", values: [value] }) ?? "";
      assert.match(error, /is not a label value/);
      assert.ok(error.length < 300);
    }
  });

  it("accepts keys and values that Kubernetes takes", () => {
    for (const key of ["a", "A_b.c-d", "example.com/a", "a".repeat(63), "x-y.z/Q"]) {
      assert.equal(requirementError({ key, operator: "In", values: ["", "v-1_2.X"] }), undefined);
    }
  });
});
