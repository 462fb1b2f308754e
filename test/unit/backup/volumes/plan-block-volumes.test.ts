import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackupSpecFields } from "../../../../src/api/backup-schema.ts";
import { hasCode, ArkError } from "../../../../src/lib/errors.ts";
import { backupResources } from "../../../support/backup-builders.ts";
import { claim, namespace, object, pod } from "../../../support/builders.ts";
import { hooked } from "../../../support/guarded-backup.ts";
import {
  app,
  bound,
  boundToHost,
  errorsOf,
  resultsOf,
  SNAPSHOT_API,
  takeVolumes,
  VolumeCluster,
} from "../../../support/volume-backup.ts";

const withoutApi = backupResources.filter(({ group }) => group !== "snapshot.storage.k8s.io");
const labelled = { metadata: { labels: { app: "db" } } };

describe("snapshotVolumes", () => {
  for (const [snapshotVolumes, expected] of [
    [null, ["shop/db-data captured"]],
    [true, ["shop/db-data captured"]],
    [false, []],
  ] as const) {
    it(`${snapshotVolumes}: ${expected.join() || "no volume is looked at"}`, async () => {
      const cluster = new VolumeCluster({}, app("db"));
      const taken = await takeVolumes(cluster, { spec: { snapshotVolumes } });
      assert.deepEqual(resultsOf(taken), expected);
      assert.deepEqual(cluster.history.includes("snapshot db-data"), expected.length > 0);
      assert.deepEqual([taken.report.phase, taken.report.warnings], ["Completed", []]);
      assert.equal(taken.report.itemCounts["persistentvolumeclaims"], 1);
    });
  }

  it("true makes a volume that cannot be snapshotted an error, null a warning; the others are captured", async () => {
    const objects = [...app("db"), ...boundToHost("shop/local")];
    for (const [snapshotVolumes, phase] of [
      [true, "PartiallyFailed"],
      [null, "Completed"],
    ] as const) {
      const cluster = new VolumeCluster({}, objects);
      const taken = await takeVolumes(cluster, { spec: { snapshotVolumes } });
      const reason = "hostPath volumes cannot be snapshotted: only those of CSI drivers can";
      assert.deepEqual(resultsOf(taken), [
        "shop/db-data captured",
        `shop/local skipped: ${reason}`,
      ]);
      assert.equal(taken.report.phase, phase);
      const findings = [...taken.report.errors, ...taken.report.warnings];
      assert.deepEqual(
        findings.map(({ message }) => message),
        [`the data of this claim is not in the backup: shop/local (${reason})`],
      );
    }
  });

  it("null does without a snapshot API, and says so", async () => {
    const cluster = new VolumeCluster({}, app("db"), withoutApi);
    const taken = await takeVolumes(cluster);
    assert.match(
      resultsOf(taken).join(),
      /^shop\/db-data skipped: the cluster has no snapshot API/,
    );
    assert.deepEqual(cluster.history, ["freeze db", "thaw db"]);
    assert.equal(taken.report.phase, "Completed");
  });

  it("is refused before anything runs when the class that was asked for is not there", async () => {
    const cluster = new VolumeCluster({}, app("db"));
    const taking = takeVolumes(cluster, { request: { snapshotClass: "fats" } });
    await assert.rejects(
      taking,
      (error) => hasCode(error, "InvalidDocument") && /"fats".*fast/.test(error.message),
    );
    assert.deepEqual(cluster.history, []);
  });
});

describe("claims without a pod", () => {
  it("(a workload scaled to nothing) are captured, in a block of their own each", async () => {
    const cluster = new VolumeCluster({}, [...bound("shop/a"), ...bound("shop/b")]);
    const taken = await takeVolumes(cluster);
    assert.deepEqual(cluster.history, ["snapshot a", "snapshot b"]);
    assert.deepEqual(resultsOf(taken), ["shop/a captured", "shop/b captured"]);
    const { blocks } = await taken.record();
    assert.deepEqual(
      blocks.map(({ pods, claims }) => [pods, claims]),
      [
        [[], ["shop/a"]],
        [[], ["shop/b"]],
      ],
    );
    assert.ok(blocks.every(({ freezeTimestamp }) => freezeTimestamp === undefined));
  });

  it("that are not bound yet are listed with the reason", async () => {
    const cluster = new VolumeCluster({}, [claim("shop/new")]);
    const taken = await takeVolumes(cluster);
    assert.deepEqual(resultsOf(taken), ["shop/new skipped: the claim is not bound to a volume"]);
    assert.deepEqual(await taken.json("nightly-volumeinfo.json.gz"), []);
  });
});

describe("which claims are captured", () => {
  it("those of the selector, and those that its pods bring along from outside of it", async () => {
    const objects = [
      { ...hooked("db", { claims: ["data"], labels: { app: "db" } }) },
      ...bound("shop/data"),
      ...bound("shop/marked", labelled),
      ...bound("shop/other"),
    ];
    const cluster = new VolumeCluster({}, objects);
    const taken = await takeVolumes(cluster, {
      spec: { labelSelector: { matchLabels: { app: "db" } } },
    });
    assert.deepEqual(resultsOf(taken), ["shop/data captured", "shop/marked captured"]);
    const claims = (await taken.items()).filter((item) =>
      item.startsWith("persistentvolumeclaims"),
    );
    assert.deepEqual(claims.toSorted(), [
      "persistentvolumeclaims shop/data",
      "persistentvolumeclaims shop/marked",
    ]);
    assert.deepEqual(errorsOf(taken), []);
  });

  it("not those of another namespace, even when it has claims of the same name", async () => {
    const objects = [...app("db"), namespace("bank"), ...bound("bank/db-data")];
    const cluster = new VolumeCluster({}, objects);
    const taken = await takeVolumes(cluster, { spec: { includedNamespaces: ["shop"] } });
    assert.deepEqual(resultsOf(taken), ["shop/db-data captured"]);
  });

  const filtered: readonly [string, BackupSpecFields, Parameters<typeof bound>[1]][] = [
    ["a filter that leaves claims out", { excludedResources: ["pvc"] }, {}],
    ["a filter that names other kinds only", { includedResources: ["pods"] }, {}],
    [
      "a label that wants no backup",
      {},
      { metadata: { labels: { "velero.io/exclude-from-backup": "true" } } },
    ],
    ["being deleted", {}, { metadata: { deletionTimestamp: "2026-01-02T03:04:05Z" } }],
  ];
  for (const [what, spec, overrides] of filtered) {
    it(`not those that ${what} keeps out; the hooks of their pods run all the same`, async () => {
      const objects = [hooked("db", { claims: ["data"] }), ...bound("shop/data", overrides)];
      const cluster = new VolumeCluster({}, objects);
      const taken = await takeVolumes(cluster, { spec });
      assert.deepEqual(cluster.history, ["freeze db", "thaw db"]);
      assert.deepEqual(resultsOf(taken), []);
      assert.equal(taken.report.itemCounts["persistentvolumeclaims"], undefined);
    });
  }

  it("not one that is mounted but does not exist, which is an error of its pod's", async () => {
    const cluster = new VolumeCluster({}, [hooked("db", { claims: ["data"] })]);
    const taken = await takeVolumes(cluster);
    assert.deepEqual(resultsOf(taken), []);
    assert.match(errorsOf(taken).join(), /^shop\/data: .*not found$/);
  });

  it("those that pods mount, when claims cannot be listed; that is one error", async () => {
    const cluster = new VolumeCluster({}, [...app("db"), ...bound("shop/alone")]);
    const error = new ArkError("ServerError", "etcd is busy");
    cluster.fail({ verb: "list", resource: "persistentvolumeclaims", error });
    const taken = await takeVolumes(cluster);
    assert.deepEqual(resultsOf(taken), ["shop/db-data captured"]);
    assert.deepEqual(errorsOf(taken), ["etcd is busy"]);
  });
});

it("volumes of pods that are no claims are listed in the record, with the reason", async () => {
  const volumes = [
    { name: "cache", emptyDir: {} },
    { name: "logs", hostPath: { path: "/var/log" } },
    { name: "conf", configMap: { name: "conf" } },
  ];
  const plain = pod("shop/web", {}, { spec: { containers: [{ name: "main" }], volumes } });
  for (const snapshotVolumes of [null, false]) {
    const taken = await takeVolumes(new VolumeCluster({}, [plain]), { spec: { snapshotVolumes } });
    const listed = (await taken.record()).podVolumes.map(({ pod: of, name, type }) => [
      of,
      name,
      type,
    ]);
    const expected = [
      ["shop/web", "cache", "emptyDir"],
      ["shop/web", "logs", "hostPath"],
    ];
    assert.deepEqual(listed, snapshotVolumes === null ? expected : []);
    assert.deepEqual(taken.report.warnings, []);
  }
});

it("a class that the claim names is the one of its snapshot", async () => {
  const metadata = { annotations: { "velero.io/csi-volumesnapshot-class": "slow" } };
  const slow = object(SNAPSHOT_API, "VolumeSnapshotClass", "slow", {
    driver: "csi.example",
    deletionPolicy: "Retain",
  });
  const cluster = new VolumeCluster({}, [slow, ...bound("shop/data", { metadata })]);
  const taken = await takeVolumes(cluster);
  assert.equal(taken.report.volumes[0]?.snapshot?.className, "slow");
});
