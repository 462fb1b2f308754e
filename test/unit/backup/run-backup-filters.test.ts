import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackupSpecFields } from "../../../src/api/backup-schema.ts";
import { gistOf, hookAnnotations, takeBackup } from "../../support/backup-builders.ts";
import { claim, configMap, namespace, object, pod, volume } from "../../support/builders.ts";

const hooks = (name: string) => hookAnnotations({ pre: `freeze-${name}` });
const objects = [
  ...["a", "b"].flatMap((ns) => [
    namespace(ns),
    pod(`${ns}/db`, { claims: ["data"], annotations: hooks(ns), labels: { app: `db-${ns}` } }),
    claim(`${ns}/data`, `pv-${ns}`),
    volume(`pv-${ns}`),
    configMap(`${ns}/settings`, { metadata: { labels: { app: `db-${ns}` } } }),
  ]),
  object("storage.k8s.io/v1", "StorageClass", "fast"),
];

const allOfA = [
  "configmaps a/settings",
  "namespaces a",
  "persistentvolumeclaims a/data",
  "persistentvolumes pv-a",
  "pods a/db",
];

async function backup(spec: BackupSpecFields, request = {}) {
  const taken = await takeBackup({ objects, spec, request });
  return {
    items: (await taken.items()).toSorted(),
    execs: taken.execs(),
    errors: taken.report.errors.map(gistOf),
    phase: taken.report.phase,
  };
}

const selector = (app: string) => ({ matchLabels: { app } });

const specHook = (name: string, more = {}) => ({
  hooks: { resources: [{ name, pre: [{ exec: { command: [name] } }], ...more }] },
});

describe("runBackup: filters reach hooks, items and what they bring along (Ark 0.8.1's Skips, semantics 7.4)", () => {
  for (const spec of [
    { includedNamespaces: ["a"] },
    { excludedNamespaces: ["b"] },
    { includedNamespaces: ["[a]"] },
  ]) {
    it(`${JSON.stringify(spec)}: one namespace, its volumes along, no other cluster-scoped kind`, async () => {
      const { items, execs } = await backup(spec);
      assert.deepEqual(items, allOfA);
      assert.deepEqual(execs, ["a/db: freeze-a"]);
    });
  }

  it("no cluster resources: no volume either (3.4), namespaces all the same", async () => {
    const { items } = await backup({ includedNamespaces: ["a"], includeClusterResources: false });
    assert.deepEqual(
      items,
      allOfA.filter((item) => !item.startsWith("persistentvolumes ")),
    );
  });

  it("cluster resources with one namespace: all volumes and classes", async () => {
    const { items } = await backup({ includedNamespaces: ["a"], includeClusterResources: true });
    assert.deepEqual(
      items,
      [...allOfA, "persistentvolumes pv-b", "storageclasses.storage.k8s.io fast"].toSorted(),
    );
  });

  it("an excluded kind does not come along with another one", async () => {
    const { items } = await backup({ includedNamespaces: ["a"], excludedResources: ["pvc", "pv"] });
    assert.deepEqual(items, ["configmaps a/settings", "namespaces a", "pods a/db"]);
  });

  it("without pods no hook runs", async () => {
    const { items, execs, phase } = await backup({ includedResources: ["configmaps"] });
    assert.deepEqual([items, execs], [["configmaps a/settings", "configmaps b/settings"], []]);
    assert.equal(phase, "Completed");
  });

  it("a selector chooses pods and their hooks, their claims and volumes come along (3.5)", async () => {
    const { items, execs } = await backup({ labelSelector: { matchLabels: { app: "db-a" } } });
    assert.deepEqual(
      items,
      allOfA.filter((item) => item !== "namespaces a"),
    );
    assert.deepEqual(execs, ["a/db: freeze-a"]);
  });

  it("one of several selectors is enough; a pod that two of them choose is quiesced once", async () => {
    const { execs, items } = await backup({
      orLabelSelectors: [
        selector("db-b"),
        { matchExpressions: [{ key: "app", operator: "In", values: ["db-a", "db-b"] }] },
      ],
    });
    assert.deepEqual(execs, ["a/db: freeze-a", "b/db: freeze-b"]);
    assert.equal(items.length, 8);
  });

  it("an empty selector chooses everything (Ark 0.8.1 asked for <none>)", async () => {
    const { items } = await backup({ labelSelector: {} });
    assert.equal(items.length, objects.length);
  });

  it("scoped filters (as Velero): the kinds named, in their namespaces", async () => {
    const { items, execs } = await backup({
      includedNamespaces: ["a"],
      includedNamespaceScopedResources: ["pods", "pvc"],
      excludedClusterScopedResources: ["namespaces"],
    });
    assert.deepEqual(items, [
      "persistentvolumeclaims a/data",
      "persistentvolumes pv-a",
      "pods a/db",
    ]);
    assert.deepEqual(execs, ["a/db: freeze-a"]);
  });
});

describe("runBackup: which hooks there are", () => {
  it("a hook of the spec that matches no pod is an error line, the backup is PartiallyFailed (Velero says Completed)", async () => {
    const spec = specHook("lost", { labelSelector: { matchLabels: { app: "nothing" } } });
    const { phase, errors } = await backup(spec);
    assert.equal(phase, "PartiallyFailed");
    assert.deepEqual(errors, ["hook lost of the backup's spec matches no pod"]);
  });

  it("one that matches a pod whose annotation takes its place is not", async () => {
    const { phase, execs } = await backup(specHook("replaced", { includedNamespaces: ["a"] }));
    assert.deepEqual([phase, execs], ["Completed", ["a/db: freeze-a", "b/db: freeze-b"]]);
  });

  it("hooks=true is fine when there are hooks, and an error when no pod has any", async () => {
    assert.equal((await backup({}, { hooks: true })).phase, "Completed");
    const { phase, errors, items } = await backup({ includedResources: ["cm"] }, { hooks: true });
    assert.equal(phase, "PartiallyFailed");
    assert.deepEqual(errors, ["hooks were asked for (--hooks), but no pod of this backup has any"]);
    assert.equal(items.length, 2);
  });

  it("hooks=false runs none, of annotation or spec, and says nothing of hooks that match no pod", async () => {
    const spec = specHook("lost", { includedNamespaces: ["nowhere"] });
    const result = await backup(spec, { hooks: false });
    assert.deepEqual([result.execs, result.phase, result.errors], [[], "Completed", []]);
    assert.equal(result.items.length, objects.length);
  });

  it("a hook of the spec runs in every pod that it matches, in the first container of each", async () => {
    const taken = await takeBackup({
      objects: [pod("a/one", { containers: ["x", "y"] }), pod("a/two", { containers: ["y", "x"] })],
      spec: specHook("ls"),
    });
    assert.deepEqual(
      taken.cluster.execs.map(({ pod: name, container }) => `${name} ${container}`),
      ["one x", "two y"],
    );
  });
});
