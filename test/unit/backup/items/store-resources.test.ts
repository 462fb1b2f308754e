import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackupSpecFields } from "../../../../src/api/backup-schema.ts";
import { backupResources, gistOf, takeBackup } from "../../../support/backup-builders.ts";
import { configMap, namespace, object, pod, secret, volume } from "../../../support/builders.ts";
import { RecordingCluster } from "../../../support/recording-cluster.ts";

const objects = [namespace("ns-1"), namespace("ns-2"), namespace("ns-3")];
const selector = { labelSelector: { matchLabels: { foo: "bar" } } };

/** What is read of one kind when the backup's own kinds are listed. */
async function readsOf(groupResource: string, spec: BackupSpecFields): Promise<string[]> {
  const cluster = new RecordingCluster({ objects, resources: backupResources });
  await takeBackup({ cluster, spec });
  return cluster.readsOf(groupResource);
}

const itemsOf = async (spec: BackupSpecFields, more = objects): Promise<string[]> =>
  (await takeBackup({ objects: more, spec })).items();

describe("lists (Ark 0.8.1's TestBackupResource, semantics 7.6)", () => {
  const nothing: string[] = [];
  const sc = "storageclasses.storage.k8s.io";
  const narrowed = { includedNamespaces: ["ns-1"] };
  const rows: readonly [string, string, BackupSpecFields, string[]][] = [
    ["pods excluded", "pods", { excludedResources: ["pods"] }, nothing],
    ["all namespaces", "pods", {}, ["list pods"]],
    [
      "two namespaces",
      "pods",
      { includedNamespaces: ["ns-2", "ns-1"] },
      ["list pods in ns-1", "list pods in ns-2"],
    ],
    ["cluster-scoped, all namespaces", sc, {}, [`list ${sc}`]],
    [
      "cluster-scoped, one namespace, true",
      sc,
      { ...narrowed, includeClusterResources: true },
      [`list ${sc}`],
    ],
    [
      "cluster-scoped, one namespace, false",
      sc,
      { ...narrowed, includeClusterResources: false },
      nothing,
    ],
    ["cluster-scoped, one namespace, auto", sc, narrowed, nothing],
    ["cluster-scoped, all namespaces, true", sc, { includeClusterResources: true }, [`list ${sc}`]],
    ["cluster-scoped, all namespaces, false", sc, { includeClusterResources: false }, nothing],
    [
      "cluster-scoped, * and an exclude, auto",
      sc,
      { includedNamespaces: ["*"], excludedNamespaces: ["ns-2"] },
      nothing,
    ],
  ];
  for (const [what, groupResource, spec, expected] of rows) {
    it(what, async () => assert.deepEqual(await readsOf(groupResource, spec), expected));

    it(`${what}, with the selector foo=bar in every list`, async () => {
      const selected = expected.map((read) => `${read} with foo=bar`);
      assert.deepEqual(await readsOf(groupResource, { ...spec, ...selector }), selected);
    });
  }

  it("namespaces by name: each is fetched (and was fetched to see whether there is one)", async () => {
    const reads = await readsOf("namespaces", { includedNamespaces: ["ns-1", "ns-2"] });
    const gets = ["get namespaces ns-1", "get namespaces ns-2"];
    assert.deepEqual(reads, [...gets, ...gets]);
  });

  it("several selectors are a list each, and an object that matches two is stored once", async () => {
    const labels = { app: "db", tier: "back" };
    const both = configMap("ns-1/both", { metadata: { labels } });
    const cluster = new RecordingCluster({ objects: [both, pod("ns-1/p", { labels })] });
    const orLabelSelectors = [
      { matchLabels: { app: "db" } },
      { matchExpressions: [{ key: "tier", operator: "Exists" as const }] },
    ];
    const taken = await takeBackup({ cluster, spec: { orLabelSelectors } });
    assert.deepEqual(cluster.readsOf("configmaps"), [
      "list configmaps with app=db",
      "list configmaps with tier",
    ]);
    assert.deepEqual(await taken.items(), ["pods ns-1/p", "configmaps ns-1/both"]);
  });
});

describe("namespace objects", () => {
  it("include ns-1 without cluster resources: the namespace is stored (7.6)", async () => {
    const spec = { includedNamespaces: ["ns-1"], includeClusterResources: false };
    assert.deepEqual(await itemsOf(spec), ["namespaces ns-1"]);
  });

  it("exclude ns-1: the others are stored (7.6)", async () => {
    const items = await itemsOf({ excludedNamespaces: ["ns-1"] });
    assert.deepEqual(items, ["namespaces ns-2", "namespaces ns-3"]);
  });

  it("only pods included: no namespace (3.3)", async () => {
    assert.deepEqual(
      await itemsOf({ includedNamespaces: ["ns-1"], includedResources: ["po"] }),
      [],
    );
  });

  it("a selector that a namespace does not carry drops it, listed or fetched by name (3.3)", async () => {
    const labelled = namespace("ns-1", { metadata: { labels: { foo: "bar" } } });
    const more = [labelled, namespace("ns-2")];
    for (const includedNamespaces of [["*"], ["ns-1", "ns-2"]]) {
      const items = await itemsOf({ ...selector, includedNamespaces }, more);
      assert.deepEqual(items, ["namespaces ns-1"]);
      const or = {
        orLabelSelectors: [{ matchLabels: { foo: "bar" } }, { matchLabels: { x: "y" } }],
      };
      assert.deepEqual(await itemsOf({ ...or, includedNamespaces }, more), ["namespaces ns-1"]);
    }
  });
});

describe("what a selector does not reach", () => {
  it("claims and volumes of a selected pod come along unlabelled (3.5)", async () => {
    const labels = { foo: "bar" };
    const taken = await takeBackup({
      spec: selector,
      objects: [
        pod("ns-1/db", { claims: ["data"], labels }),
        object("v1", "PersistentVolumeClaim", "ns-1/data", { spec: { volumeName: "pv-1" } }),
        object("v1", "PersistentVolumeClaim", "ns-1/other", { spec: { volumeName: "pv-2" } }),
        volume("pv-1"),
        volume("pv-2"),
      ],
    });
    assert.deepEqual(await taken.items(), [
      "pods ns-1/db",
      "persistentvolumeclaims ns-1/data",
      "persistentvolumes pv-1",
    ]);
  });
});

describe("orderedResources of other kinds than pods", () => {
  const shelf = [
    namespace("ns-1"),
    ...["a", "b", "c"].map((name) =>
      configMap(`ns-1/${name}`, name === "c" ? { metadata: { labels: { foo: "bar" } } } : {}),
    ),
    secret("ns-1/s"),
    volume("pv-1"),
  ];

  it("go first, in their order, and are stored once", async () => {
    const spec = { orderedResources: { cm: "ns-1/c,ns-1/b", persistentvolumes: "pv-1" } };
    assert.deepEqual(await (await takeBackup({ objects: shelf, spec })).items(), [
      "configmaps ns-1/c",
      "configmaps ns-1/b",
      "persistentvolumes pv-1",
      "configmaps ns-1/a",
      "namespaces ns-1",
      "secrets ns-1/s",
    ]);
  });

  it("one that is not there is an error of its own", async () => {
    const spec = { orderedResources: { cm: "ns-1/zz,ns-1/b" } };
    const { report } = await takeBackup({ objects: shelf, spec });
    assert.deepEqual(report.errors.map(gistOf), ['configmaps ns-1/zz: configmaps "zz" not found']);
    assert.equal(report.phase, "PartiallyFailed");
  });

  it("only set an order: what the filters leave out stays out", async () => {
    const ordered = { orderedResources: { cm: "ns-1/b,ns-1/c", pv: "pv-1" } };
    assert.deepEqual(await itemsOf({ ...ordered, ...selector }, shelf), ["configmaps ns-1/c"]);
    assert.deepEqual(await itemsOf({ ...ordered, includedResources: ["secrets"] }, shelf), [
      "secrets ns-1/s",
    ]);
    const narrowed = await itemsOf({ ...ordered, includedNamespaces: ["ns-1"] }, shelf);
    assert.ok(!narrowed.includes("persistentvolumes pv-1"));
  });
});
