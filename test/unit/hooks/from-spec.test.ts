import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackupResourceHook } from "../../../src/api/backup-spec.ts";
import { resolveSpecHooks, type ResolvedResourceHook } from "../../../src/hooks/from-spec.ts";
import { ArkError } from "../../../src/lib/errors.ts";
import { aPod, aSpecExec, aSpecHook } from "../../support/hook-builders.ts";

const NAMES: Readonly<Record<string, string>> = {
  po: "pods",
  pods: "pods",
  deployments: "deployments.apps",
  cm: "configmaps",
};

function resolveOne(changes: Partial<BackupResourceHook>): ResolvedResourceHook {
  const [hook] = resolveSpecHooks([aSpecHook(changes)], (name) => NAMES[name]);
  assert.ok(hook);
  return hook;
}

describe("resolveSpecHooks: which pods an entry is for (Ark 0.8.1, semantics 7.1 and 1.7)", () => {
  const blue = aPod({ labels: { color: "blue" } });
  const rows: readonly [what: string, hook: Partial<BackupResourceHook>, applies: boolean][] = [
    ["no filter", {}, true],
    [
      "its namespace included",
      { includedNamespaces: ["a", "ns"], excludedNamespaces: ["c"] },
      true,
    ],
    ["another namespace included", { includedNamespaces: ["a", "b"] }, false],
    ["its namespace excluded", { excludedNamespaces: ["ns", "b"] }, false],
    [
      "its namespace included and excluded",
      { includedNamespaces: ["ns"], excludedNamespaces: ["ns"] },
      false,
    ],
    ["all namespaces included", { includedNamespaces: ["*"] }, true],
    ["a glob that matches its namespace", { includedNamespaces: ["n?"] }, true],
    ["a glob that does not match its namespace", { includedNamespaces: ["db-*"] }, false],
    ["pods included by short name", { includedResources: ["po"] }, true],
    ["all resources included", { includedResources: ["*"] }, true],
    ["a glob of resources that takes pods in", { includedResources: ["pod*"] }, true],
    ["pods among the resources", { includedResources: ["cm", "pods"] }, true],
    ["other resources only", { includedResources: ["deployments"] }, false],
    ["pods excluded", { excludedResources: ["po"] }, false],
    ["other resources excluded", { excludedResources: ["cm"] }, true],
    ["its label selected", { labelSelector: { matchLabels: { color: "blue" } } }, true],
    ["another label selected", { labelSelector: { matchLabels: { color: "green" } } }, false],
    ["an empty selector", { labelSelector: {} }, true],
    [
      "all but the namespace",
      { labelSelector: {}, includedNamespaces: ["x"], includedResources: ["po"] },
      false,
    ],
  ];
  for (const [what, hook, applies] of rows) {
    it(`${what}: ${applies ? "applies" : "does not apply"}`, () => {
      assert.equal(resolveOne(hook).appliesTo(blue), applies);
    });
  }
});

describe("resolveSpecHooks", () => {
  it("gives every exec the entry's name and phase", () => {
    const { pre, post } = resolveOne({
      pre: [aSpecExec("1a"), aSpecExec("1b")],
      post: [aSpecExec("p")],
    });
    const common = { name: "hook1", source: "spec" };
    assert.deepEqual(pre, [
      { ...common, phase: "pre", ...aSpecExec("1a") },
      { ...common, phase: "pre", ...aSpecExec("1b") },
    ]);
    assert.deepEqual(post, [{ ...common, phase: "post", ...aSpecExec("p") }]);
  });

  it("names an entry without a name by its place (Ark 0.8.1 never ran it, semantics 7.3)", () => {
    const entries = [aSpecHook(), aSpecHook({ name: "", pre: [aSpecExec("a")] })];
    const [, second] = resolveSpecHooks(entries, () => "pods");
    assert.equal(second?.name, "hooks.resources[1]");
    assert.equal(second?.pre[0]?.name, "hooks.resources[1]");
  });

  it("refuses every resource that does not resolve, with its path and a suggestion", () => {
    const entries = [
      aSpecHook({ includedResources: ["pods"] }),
      aSpecHook({ includedResources: ["cm", "podz"], excludedResources: ["nothing.example.com"] }),
    ];
    assert.throws(
      () => resolveSpecHooks(entries, (name) => NAMES[name], Object.keys(NAMES)),
      (error) => {
        assert.ok(error instanceof ArkError);
        assert.equal(error.code, "InvalidDocument");
        assert.deepEqual(error.message.split("\n"), [
          'spec.hooks.resources[1].includedResources[1]: there is no resource "podz"; did you mean pods?',
          'spec.hooks.resources[1].excludedResources[0]: there is no resource "nothing.example.com"',
        ]);
        return true;
      },
    );
  });
});
