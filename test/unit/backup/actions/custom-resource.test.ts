import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackupSpecFields } from "../../../../src/api/backup-schema.ts";
import { createCustomResourceAction } from "../../../../src/backup/actions/custom-resource.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { backupResources, gistOf, takeBackup } from "../../../support/backup-builders.ts";
import { namespace, object } from "../../../support/builders.ts";
import { resourceType } from "../../../support/fake-api-server/resource-types.ts";
import { RecordingCluster } from "../../../support/recording-cluster.ts";

const crd = "customresourcedefinitions.apiextensions.k8s.io";
const definition = object(
  "apiextensions.k8s.io/v1",
  "CustomResourceDefinition",
  "widgets.example.com",
);
const widgets = ["a", "b"].map((name) => object("example.com/v1", "Widget", `shop/${name}`));
const narrowed = { includedNamespaces: ["shop"] };

async function backup(
  spec: BackupSpecFields,
  objects = [namespace("shop"), definition, ...widgets],
) {
  const cluster = new RecordingCluster({ objects, resources: backupResources });
  const taken = await takeBackup({ cluster, spec });
  return {
    items: await taken.items(),
    reads: cluster.readsOf(crd),
    errors: taken.report.errors.map(gistOf),
  };
}

describe("which kinds are custom", () => {
  const action = createCustomResourceAction();
  for (const [apiVersion, expected] of [
    ["v1", false],
    ["apps/v1", false],
    ["batch/v1", false],
    ["rbac.authorization.k8s.io/v1", false],
    ["networking.k8s.io/v1", false],
    ["flowcontrol.apiserver.k8s.io/v1", false],
    ["example.com/v1", true],
    ["snapshot.storage.k8s.io/v1", true],
    ["gateway.networking.k8s.io/v1", true],
  ] as const) {
    it(`${apiVersion}: ${expected}`, () => {
      assert.equal(action.appliesTo(resourceType(apiVersion, "Kind", "kinds")), expected);
    });
  }
});

describe("a custom resource brings its definition (as Velero)", () => {
  it("once, though there are several of its kind", async () => {
    const { items, reads } = await backup(narrowed);
    assert.deepEqual(reads, [`get ${crd} widgets.example.com`]);
    assert.deepEqual(items, [
      "namespaces shop",
      "widgets.example.com shop/a",
      `${crd} widgets.example.com`,
      "widgets.example.com shop/b",
    ]);
  });

  it("by its list when all definitions are listed", async () => {
    const { items, reads } = await backup({});
    assert.deepEqual(reads, [`list ${crd}`]);
    assert.equal(items.filter((item) => item.startsWith(crd)).length, 1);
  });

  it("also when only the custom kind is included", async () => {
    const { items } = await backup({ includedResources: ["widgets"] });
    assert.ok(items.includes(`${crd} widgets.example.com`));
  });

  it("a missing one is no error: an aggregated API server has none", async () => {
    const { items, errors } = await backup(narrowed, [namespace("shop"), ...widgets]);
    assert.deepEqual(errors, []);
    assert.equal(items.length, 3);
  });

  it("one that cannot be read for another reason is", async () => {
    const cluster = new RecordingCluster({ objects: widgets, resources: backupResources });
    cluster.fail({ verb: "get", resource: crd, error: new ArkError("ServerError", "broken") });
    const spec = { includedResources: ["widgets"] };
    const { report } = await takeBackup({ cluster, spec });
    assert.deepEqual(report.errors.map(gistOf), [`${crd} widgets.example.com: broken`]);
  });

  const without: readonly BackupSpecFields[] = [
    { ...narrowed, excludedResources: ["crd"] },
    { ...narrowed, includeClusterResources: false },
    { ...narrowed, excludedClusterScopedResources: ["crds"] },
  ];
  for (const spec of without) {
    it(`not with ${JSON.stringify(spec)}`, async () => {
      const { items, reads } = await backup(spec);
      assert.deepEqual(reads, []);
      assert.ok(!items.some((item) => item.startsWith(crd)));
    });
  }
});
