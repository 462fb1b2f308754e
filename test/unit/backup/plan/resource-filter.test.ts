import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackupSpecFields } from "../../../../src/api/backup-schema.ts";
import { normalizeBackupSpec } from "../../../../src/api/backup-spec.ts";
import { createResourceFilter } from "../../../../src/backup/plan/resource-filter.ts";
import { createResourceNames } from "../../../../src/backup/plan/resource-names.ts";
import { backupResources } from "../../../support/backup-builders.ts";

const names = createResourceNames({ resources: backupResources, failures: [] });

function filterOf(spec: BackupSpecFields, everyNamespace = true) {
  const filter = createResourceFilter(normalizeBackupSpec(spec), names, everyNamespace);
  const at = (name: string) => {
    const resource = names.find(name);
    assert.ok(resource, `there is no ${name}`);
    return resource;
  };
  return {
    lists: (name: string) => filter.lists(at(name)),
    keeps: (name: string) => filter.keeps(at(name)),
    excludes: (name: string) => filter.excludes(at(name)),
  };
}

describe("includeClusterResources (Ark 0.8.1, semantics 3.4)", () => {
  const rows = [
    { icr: null, every: true, lists: true, keeps: true },
    { icr: null, every: false, lists: false, keeps: true },
    { icr: true, every: true, lists: true, keeps: true },
    { icr: true, every: false, lists: true, keeps: true },
    { icr: false, every: true, lists: false, keeps: false },
    { icr: false, every: false, lists: false, keeps: false },
  ] as const;
  for (const { icr, every, lists, keeps } of rows) {
    const scope = every ? "every namespace" : "a narrowed filter";
    it(`${icr}, ${scope}: volumes are ${lists ? "" : "not "}listed, ${keeps ? "" : "not "}kept when a claim brings one`, () => {
      const filter = filterOf({ includeClusterResources: icr }, every);
      assert.deepEqual([filter.lists("pv"), filter.keeps("pv")], [lists, keeps]);
    });

    it(`${icr}, ${scope}: namespaces and pods are listed all the same (3.3)`, () => {
      const filter = filterOf({ includeClusterResources: icr }, every);
      assert.deepEqual([filter.lists("ns"), filter.lists("pods")], [true, true]);
    });
  }

  it("the resource filter counts too: no namespaces when only pods are included", () => {
    const filter = filterOf({ includedResources: ["pods"], includeClusterResources: true });
    assert.deepEqual(
      [filter.lists("pods"), filter.lists("ns"), filter.keeps("pv")],
      [true, false, false],
    );
  });

  it("excludes beat includes, by any name of the kind", () => {
    const filter = filterOf({ includedResources: ["*"], excludedResources: ["po", "*.apps"] });
    for (const name of ["pods", "deployments", "statefulsets"]) {
      assert.deepEqual(
        [filter.lists(name), filter.keeps(name), filter.excludes(name)],
        [false, false, true],
      );
    }
    assert.deepEqual([filter.lists("secrets"), filter.excludes("secrets")], [true, false]);
  });
});

describe("scoped filters (as Velero)", () => {
  it("only kinds of namespaces named: those, the namespaces, and what they bring along", () => {
    const filter = filterOf({ includedNamespaceScopedResources: ["pods", "pvc"] });
    assert.deepEqual(["pods", "pvc", "secrets"].map(filter.lists), [true, true, false]);
    assert.deepEqual(["ns", "pv", "sc"].map(filter.lists), [true, false, false]);
    assert.equal(filter.keeps("pv"), true);
  });

  it("only kinds of the cluster named: those, and everything in namespaces", () => {
    const filter = filterOf({ includedClusterScopedResources: ["storageclasses"] });
    assert.deepEqual(["sc", "pv", "ns", "pods"].map(filter.lists), [true, false, false, true]);
  });

  it("* among the cluster's kinds lists all of them, also for a narrowed namespace filter", () => {
    const filter = filterOf({ includedClusterScopedResources: ["*"] }, false);
    assert.deepEqual(["sc", "pv", "ns"].map(filter.lists), [true, true, true]);
  });

  it("an excluded kind of the cluster is not kept either", () => {
    const filter = filterOf({ excludedClusterScopedResources: ["pv"] });
    assert.deepEqual(
      [filter.lists("pv"), filter.keeps("pv"), filter.keeps("sc")],
      [false, false, true],
    );
  });

  it("no kind of namespaces at all leaves what is named of the cluster, and its definitions", () => {
    const filter = filterOf({
      excludedNamespaceScopedResources: ["*"],
      includedClusterScopedResources: ["sc"],
    });
    assert.deepEqual(["sc", "pods"].map(filter.lists), [true, false]);
    assert.deepEqual(["crd", "pods"].map(filter.keeps), [true, false]);
    assert.deepEqual(["crd", "pods"].map(filter.excludes), [false, true]);
  });

  it("no kind of the cluster at all leaves the kinds of namespaces", () => {
    const filter = filterOf({ excludedClusterScopedResources: ["*"] });
    assert.deepEqual(["ns", "pv", "pods"].map(filter.lists), [false, false, true]);
    assert.deepEqual(["pv", "pods"].map(filter.keeps), [false, true]);
    assert.deepEqual(["pv", "pods"].map(filter.excludes), [true, false]);
  });
});

describe("names that resolve to nothing of use", () => {
  for (const [field, name, message, hint] of [
    [
      "includedNamespaceScopedResources",
      "pv",
      "persistentvolumes is cluster-scoped",
      "includedCluster",
    ],
    [
      "excludedNamespaceScopedResources",
      "pv",
      "persistentvolumes is cluster-scoped",
      "excludedCluster",
    ],
    ["includedClusterScopedResources", "po", "pods belongs to namespaces", "includedNamespace"],
    ["excludedClusterScopedResources", "po", "pods belongs to namespaces", "excludedNamespace"],
  ] as const) {
    it(`so is a kind of the other scope in ${field}`, () => {
      assert.throws(() => filterOf({ [field]: [name] }), {
        code: "InvalidDocument",
        message: `${field}: ${message}`,
        hint: `Name it in ${hint}ScopedResources.`,
      });
    });
  }

  for (const field of [
    "includedResources",
    "excludedResources",
    "includedClusterScopedResources",
    "excludedClusterScopedResources",
    "includedNamespaceScopedResources",
    "excludedNamespaceScopedResources",
  ] as const) {
    it(`are refused in ${field}, which is named, with a suggestion`, () => {
      assert.throws(() => filterOf({ [field]: ["secretz"] }), {
        code: "InvalidDocument",
        message: new RegExp(`^${field}: "secretz" .*did you mean secrets\\?$`),
      });
    });
  }
});
