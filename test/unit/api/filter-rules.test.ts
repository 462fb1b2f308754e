import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkFilters } from "../../../src/api/filter-rules.ts";

const INCLUDES_STAR = "includes list must either contain '*' only, or a non-empty list of items";

describe("checkFilters (Ark 0.8.1's texts, semantics 2.1 and 7.8)", () => {
  const rows: readonly [what: string, spec: object, problems: readonly string[]][] = [
    ["nothing", {}, []],
    ["i,j without k,l", { includedNamespaces: ["i", "j"], excludedNamespaces: ["k", "l"] }, []],
    [
      "namespaces foo without foo",
      { includedNamespaces: ["foo"], excludedNamespaces: ["foo"] },
      [
        "spec.includedNamespaces: Invalid included/excluded namespace lists: excludes list cannot contain an item in the includes list: foo",
      ],
    ],
    [
      "resources first, then namespaces",
      { includedNamespaces: ["*", "a"], excludedResources: ["*"] },
      [
        "spec.excludedResources: Invalid included/excluded resource lists: excludes list cannot contain '*'",
        `spec.includedNamespaces: Invalid included/excluded namespace lists: ${INCLUDES_STAR}`,
      ],
    ],
    [
      "a pattern that is never closed",
      { includedNamespaces: ["db["] },
      [
        'spec.includedNamespaces: Invalid included/excluded namespace lists: "db[" is not a pattern: [ is never closed',
      ],
    ],
    [
      "old and scoped filters together (Velero's rule)",
      { includeClusterResources: false, excludedNamespaceScopedResources: ["events"] },
      [
        "spec: includeClusterResources cannot be used together with excludedNamespaceScopedResources",
      ],
    ],
    [
      "old and scoped filters where one side is empty",
      {
        includedResources: [],
        includeClusterResources: null,
        includedClusterScopedResources: ["*"],
      },
      [],
    ],
    ["excluding every cluster-scoped kind", { excludedClusterScopedResources: ["*"] }, []],
    [
      "both kinds of selectors (Velero's rule)",
      { labelSelector: {}, orLabelSelectors: [{}] },
      ["spec: only one of labelSelector and orLabelSelectors can be given"],
    ],
    ["one kind of selector", { labelSelector: {}, orLabelSelectors: [] }, []],
    [
      "a hook that contradicts itself",
      { hooks: { resources: [{}, { includedNamespaces: ["a"], excludedNamespaces: ["a"] }] } },
      [
        "spec.hooks.resources[1].includedNamespaces: Invalid included/excluded namespace lists: excludes list cannot contain an item in the includes list: a",
      ],
    ],
  ];
  for (const [what, spec, problems] of rows) {
    it(`${what}: ${problems.length === 0 ? "allowed" : "refused"}`, () => {
      assert.deepEqual(checkFilters(spec), problems);
    });
  }

  it("passes over values of a wrong type, which the schema reports", () => {
    const wrong = [null, undefined, 5, "a", [], { hooks: 5 }, { hooks: { resources: "a" } }];
    for (const spec of [...wrong, { includedNamespaces: "a", excludedNamespaces: [1, "a"] }]) {
      assert.deepEqual(checkFilters(spec), []);
    }
  });
});
