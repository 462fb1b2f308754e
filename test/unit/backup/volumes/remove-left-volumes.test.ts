import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withLeft } from "../../../../src/backup/volumes/remove-left-volumes.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import type { KubernetesObject } from "../../../../src/cluster/cluster.ts";
import { ownedMetadata } from "../../../../src/volumes/owned-labels.ts";
import type { TakenBackup } from "../../../support/backup-builders.ts";
import { claim, configMap, namespace, object, pod } from "../../../support/builders.ts";
import { snapshotObjects } from "../../../support/cluster-snapshots.ts";
import { SNAPSHOT_API, takeVolumes, VolumeCluster } from "../../../support/volume-backup.ts";

const SNAPSHOTS = "volumesnapshots.snapshot.storage.k8s.io";
const CONTENTS = "volumesnapshotcontents.snapshot.storage.k8s.io";

/** A snapshot, helper pod and claim as a backup "broken" leaves them in shop. `aClientProcess` is "test client". */
function leftBy(
  client: string,
  state: "pending" | "kept" = "pending",
  place = "shop",
): KubernetesObject[] {
  const { labels, annotations } = ownedMetadata({ backup: "broken", runId: "r", client });
  const metadata = { labels: { ...labels, "kubectl-ark/state": state }, annotations };
  const source = { source: { persistentVolumeClaimName: "data" } };
  return [
    object(SNAPSHOT_API, "VolumeSnapshot", `${place}/ark-left`, { metadata, spec: source }),
    pod(`${place}/ark-copy`, {}, { metadata }),
    claim(`${place}/ark-copy`, undefined, { metadata }),
  ];
}

const logOf = async (taken: TakenBackup): Promise<string> => (await taken.log()).join("\n");
const remaining = async (cluster: VolumeCluster): Promise<string[]> => [
  ...(await cluster.names(SNAPSHOTS)),
  ...(await cluster.names("pods")),
  ...(await cluster.names("persistentvolumeclaims")),
];

describe("what a backup that died has left in the cluster", () => {
  it("is removed before anything else, with a line in the log for each", async () => {
    const cluster = new VolumeCluster({}, [configMap("shop/c"), ...leftBy("dead client")]);
    const seen: string[][] = [];
    const taken = await takeVolumes(cluster, {
      observe: ({ kind }) => {
        if (kind === "blocks-found")
          seen.push(cluster.calls.filter((call) => call.startsWith("delete")));
      },
    });
    assert.equal(seen[0]?.length, 3);
    assert.deepEqual(await remaining(cluster), []);
    const log = await logOf(taken);
    for (const what of [
      `${SNAPSHOTS} shop/ark-left`,
      "pods shop/ark-copy",
      "claims shop/ark-copy",
    ]) {
      assert.ok(log.includes(what), what);
    }
    assert.match(log, /level=info msg="removed a leftover/);
    assert.deepEqual([taken.report.phase, taken.report.warnings], ["Completed", []]);
  });

  it("goes from the storage too, also where only the content is left", async () => {
    const { content } = snapshotObjects({ backup: "broken", path: "shop/left", state: "pending" });
    const cluster = new VolumeCluster({}, [configMap("shop/c"), content]);
    await takeVolumes(cluster);
    assert.deepEqual(await cluster.names(CONTENTS), []);
  });

  for (const [what, objects] of [
    ["of a client that lives", leftBy("test client")],
    ["that a published backup keeps", leftBy("dead client", "kept")],
  ] as const) {
    it(`but not what is ${what}, which is no object of the backup either`, async () => {
      const cluster = new VolumeCluster({}, [configMap("shop/c"), ...objects]);
      const taken = await takeVolumes(cluster);
      assert.equal((await remaining(cluster)).length, 3);
      assert.deepEqual(await taken.items(), [
        "configmaps shop/c",
        "namespaces shop",
        "volumesnapshotclasses.snapshot.storage.k8s.io fast",
      ]);
      assert.deepEqual(taken.report.volumes, []);
      assert.deepEqual(taken.report.warnings, []);
    });
  }

  it("and that cannot be removed is a warning that names it; the backup goes on", async () => {
    const cluster = new VolumeCluster({}, [configMap("shop/c"), ...leftBy("dead client")]);
    const error = new ArkError("ServerError", "etcd is full");
    cluster.fail({ verb: "delete", resource: SNAPSHOTS, error });
    const taken = await takeVolumes(cluster);
    const [warning, ...others] = taken.report.warnings;
    assert.match(
      warning?.message ?? "",
      /^volumesnapshots\S+ shop\/ark-left of backup broken, which was never finished, could not be removed: .*etcd is full/,
    );
    assert.match(warning?.hint ?? "", /kubectl ark backup delete broken/);
    assert.deepEqual([others, taken.report.phase], [[], "Completed"]);
    assert.deepEqual(await remaining(cluster), ["ark-left"]);
  });

  it("and that may not be looked for is passed over without a word", async () => {
    const cluster = new VolumeCluster({}, [configMap("shop/c"), ...leftBy("dead client")]);
    const error = new ArkError("Forbidden", "no");
    cluster.fail({ verb: "list", resource: SNAPSHOTS, error });
    const taken = await takeVolumes(cluster, { spec: { includedResources: ["configmaps"] } });
    assert.deepEqual([taken.report.warnings, taken.report.errors], [[], []]);
    assert.ok(cluster.find(SNAPSHOTS, "ark-left", "shop"));
    assert.deepEqual(await cluster.names("pods"), [], "what can be found is removed");
  });

  it("is looked for in the backup's namespaces only", async () => {
    const elsewhere = leftBy("dead client", "pending", "bank");
    const cluster = new VolumeCluster({}, [configMap("shop/c"), namespace("bank"), ...elsewhere]);
    await takeVolumes(cluster, { spec: { includedNamespaces: ["shop"] } });
    assert.equal((await remaining(cluster)).length, 3);
  });

  it("is not looked for when volumes are not captured", async () => {
    const cluster = new VolumeCluster({}, [configMap("shop/c"), ...leftBy("dead client")]);
    await takeVolumes(cluster, { spec: { snapshotVolumes: false } });
    assert.equal((await remaining(cluster)).length, 3);
  });
});

describe("withLeft", () => {
  it("gives the error as it is when nothing is left", () => {
    const error = new ArkError("Cancelled", "interrupted");
    assert.equal(withLeft(error, []), error);
  });

  it("keeps code and cause, and adds what is left", () => {
    const error = new ArkError("StoreUnavailable", "the disk is full", { hint: "Make room." });
    const thrown = withLeft(error, ["shop/a: no", "pods shop/b: no"]);
    assert.ok(thrown instanceof ArkError);
    assert.equal(thrown.code, "StoreUnavailable");
    assert.equal(thrown.cause, error);
    const left = "left in the cluster: shop/a: no, pods shop/b: no";
    assert.equal(thrown.message, `the disk is full; ${left}`);
    assert.match(thrown.hint ?? "", /kubectl ark backup delete/);
  });

  it("takes what is no ArkError for a fault of ours", () => {
    for (const odd of [new TypeError("x is not a function"), "a text", undefined]) {
      const thrown = withLeft(odd, ["shop/a: no"]);
      assert.ok(thrown instanceof ArkError && thrown.code === "Internal");
    }
  });
});
