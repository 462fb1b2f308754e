import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import { ArkError } from "../../../../src/lib/errors.ts";
import type { KubernetesObject } from "../../../../src/cluster/cluster.ts";
import type { TakenBackup } from "../../../support/backup-builders.ts";
import { claim, object, pod } from "../../../support/builders.ts";
import {
  app,
  bound,
  CREATION_TIME,
  errorsOf,
  resultsOf,
  SNAPSHOT_API,
  takeVolumes,
  VolumeCluster,
  volumeOf,
} from "../../../support/volume-backup.ts";
import { WatchedStore } from "../../../support/watched-store.ts";

const SNAPSHOTS = "volumesnapshots.snapshot.storage.k8s.io";
const CONTENTS = "volumesnapshotcontents.snapshot.storage.k8s.io";
const STATE = "kubectl-ark/state";

async function entryOf(taken: TakenBackup, groupResource: string): Promise<KubernetesObject> {
  const found = [...(await taken.entries())].filter(([path]) =>
    path.startsWith(`resources/${groupResource}/`),
  );
  assert.equal(found.length, 1, `one of ${groupResource}`);
  return found[0]?.[1] ?? assert.fail();
}

const specOf = (entry: KubernetesObject | undefined): Record<string, unknown> =>
  Object(entry?.["spec"]);

describe("what a restore needs of a snapshot", () => {
  it("is in the archive: the claim names it and asks for its size; snapshot, content and class, each once", async () => {
    const spec = {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "10Mi" } },
      volumeName: "pv-shop-data",
    };
    const small = claim("shop/data", spec.volumeName, { spec });
    const objects = [pod("shop/db", { claims: ["data"] }), ...bound("shop/data"), small];
    const cluster = new VolumeCluster({}, objects);
    const taken = await takeVolumes(cluster);
    assert.deepEqual(errorsOf(taken), []);
    const { snapshot } = volumeOf(taken, "shop/data");
    const stored = await entryOf(taken, "persistentvolumeclaims");
    const { name } = snapshot ?? assert.fail();
    assert.equal(stored.metadata.annotations?.["velero.io/volume-snapshot-name"], name);
    const requests = { requests: { storage: "1073741824" } };
    assert.deepEqual(stored["spec"], { ...spec, resources: requests });
    assert.equal((await entryOf(taken, SNAPSHOTS)).metadata.name, name);
    const content = await entryOf(taken, CONTENTS);
    assert.equal(content.metadata.name, snapshot?.contentName);
    assert.equal(specOf(content)["deletionPolicy"], "Retain");
    await entryOf(taken, "volumesnapshotclasses.snapshot.storage.k8s.io");
    assert.equal(taken.report.itemCount, (await taken.items()).length);
  });

  it("says kept in the archive, and a content's creationTime has every digit", async () => {
    const cluster = new VolumeCluster({}, app("db"));
    const taken = await takeVolumes(cluster);
    for (const kind of [SNAPSHOTS, CONTENTS]) {
      assert.equal((await entryOf(taken, kind)).metadata.labels?.[STATE], "kept", kind);
    }
    const tar = gunzipSync(await taken.file("nightly.tar.gz")).toString("latin1");
    assert.equal(tar.split(`"creationTime":${CREATION_TIME}`).length, 2);
    assert.ok(!tar.includes(`"${STATE}":"pending"`));
  });

  it("is pending in the cluster until just before the backup is published, and the content retained", async () => {
    const cluster = new VolumeCluster({}, app("db"));
    const states: unknown[] = [];
    const look = async (): Promise<void> => {
      for (const kind of [SNAPSHOTS, CONTENTS]) {
        const [name = ""] = await cluster.names(kind);
        const found = cluster.find(kind, name, kind === SNAPSHOTS ? "shop" : undefined);
        states.push(found?.metadata.labels?.[STATE], specOf(found)["deletionPolicy"]);
      }
    };
    const store = new WatchedStore({ "velero-backup.json": look, publish: look });
    await takeVolumes(cluster, { store });
    const during = ["pending", undefined, "pending", "Retain"];
    assert.deepEqual(states, [...during, "kept", undefined, "kept", "Retain"]);
    assert.equal(cluster.storage.size, 1);
  });

  it("is in Velero's volumeinfo, by the volume's name, and in the record", async () => {
    const cluster = new VolumeCluster({}, [...app("db"), ...bound("shop/lost")]);
    cluster.scripts["lost"] = { error: { fromMs: 0, message: "broken" } };
    const taken = await takeVolumes(cluster);
    const [captured, failed] = (
      await taken.json<Record<string, unknown>[]>("nightly-volumeinfo.json.gz")
    ).toSorted((a, b) => String(a["pvcName"]).localeCompare(String(b["pvcName"])));
    const { snapshot } = volumeOf(taken, "shop/db-data");
    assert.partialDeepStrictEqual(captured, {
      backupMethod: "CSISnapshot",
      pvcName: "db-data",
      pvcNamespace: "shop",
      pvName: "pv-shop-db-data",
      skipped: false,
      result: "succeeded",
      csiSnapshotInfo: {
        snapshotHandle: snapshot?.handle,
        vscName: snapshot?.contentName,
        size: 2 ** 30,
        driver: "csi.example",
      },
    });
    assert.partialDeepStrictEqual(failed, {
      pvName: "pv-shop-lost",
      skipped: true,
      skippedReason: "the snapshot has failed: broken",
    });
    const { blocks } = await taken.record();
    assert.deepEqual(
      blocks.flatMap(({ volumes }) => volumes.map((each) => [each.claim, each.result])),
      [
        ["shop/db-data", "captured"],
        ["shop/lost", "failed"],
      ],
    );
    assert.deepEqual(
      blocks[0]?.volumes[0],
      JSON.parse(JSON.stringify(volumeOf(taken, "shop/db-data"))),
    );
  });
});

describe("a snapshot that was cut", () => {
  it("and then fails is an error and is removed; the claim is stored without it", async () => {
    const error = { fromMs: 1_000, message: "upload failed" };
    const cluster = new VolumeCluster({ "*": { readyMs: 60_000, error } }, app("db"));
    const taken = await takeVolumes(cluster);
    assert.deepEqual(cluster.history, [
      "freeze db",
      "snapshot db-data",
      "thaw db",
      "discard db-data",
    ]);
    assert.deepEqual(resultsOf(taken), [
      "shop/db-data failed: the snapshot has failed: upload failed",
    ]);
    assert.deepEqual(await cluster.leftovers(), []);
    const stored = await entryOf(taken, "persistentvolumeclaims");
    assert.deepEqual(stored, cluster.find("persistentvolumeclaims", "db-data", "shop"));
    assert.equal(taken.report.errors.length, 1);
  });

  it("and cannot be used in time is an error and is removed", async () => {
    const cluster = new VolumeCluster({ "*": { readyMs: Infinity } }, app("db"));
    const taken = await takeVolumes(cluster, { request: { snapshotTimeoutMs: 30_000 } });
    assert.match(errorsOf(taken).join(), /was not ready within 30 s/);
    assert.deepEqual(await cluster.leftovers(), []);
    assert.equal(taken.report.phase, "PartiallyFailed");
  });

  it("whose content must not be read is captured with a warning, and no claim names it: Velero could not restore it", async () => {
    const cluster = new VolumeCluster({}, app("db"));
    cluster.fail({ verb: "get", resource: CONTENTS, error: new ArkError("Forbidden", "no") });
    const taken = await takeVolumes(cluster, { spec: { includedNamespaces: ["shop"] } });
    assert.deepEqual(resultsOf(taken), ["shop/db-data captured"]);
    assert.deepEqual(errorsOf(taken), []);
    assert.match(taken.report.warnings.map(({ message }) => message).join(), /lives only as long/);
    const stored = await entryOf(taken, "persistentvolumeclaims");
    assert.equal(stored.metadata.annotations, undefined);
    const [info] = await taken.json<Record<string, unknown>[]>("nightly-volumeinfo.json.gz");
    assert.equal(info?.["skipped"], true);
  });

  it("by someone else, or by an earlier backup, is none of this backup's: the former is stored, the latter is not", async () => {
    const objects = app("db");
    const earlier = new VolumeCluster({}, objects);
    await takeVolumes(earlier);
    const own = object(SNAPSHOT_API, "VolumeSnapshot", "shop/by-hand", {
      spec: { source: { persistentVolumeClaimName: "db-data" } },
    });
    earlier.add(own);
    const taken = await takeVolumes(earlier, { request: { name: "second" } });
    const stored = (await taken.items()).filter((item) => item.startsWith(SNAPSHOTS));
    const { snapshot } = volumeOf(taken, "shop/db-data");
    assert.deepEqual(stored.toSorted(), [
      `${SNAPSHOTS} shop/${snapshot?.name}`,
      `${SNAPSHOTS} shop/by-hand`,
    ]);
    assert.equal((await earlier.names(SNAPSHOTS)).length, 3);
    assert.equal((await taken.items()).filter((item) => item.startsWith(CONTENTS)).length, 1);
  });
});

describe("many volumes", () => {
  it("are settled side by side, and each is told of as it comes", async () => {
    const claims = Array.from({ length: 40 }, (_, index) => `c${index}`);
    const cluster = new VolumeCluster({ "*": { readyMs: 20_000 } }, app("db", claims));
    const waiting: number[] = [];
    const taken = await takeVolumes(cluster, {
      observe: (event) => event.kind === "volumes-settling" && waiting.push(event.waiting),
    });
    assert.equal(resultsOf(taken).filter((line) => line.endsWith("captured")).length, 40);
    assert.deepEqual(
      waiting,
      Array.from({ length: 41 }, (_, index) => 40 - index),
    );
    assert.ok(cluster.clock.monotonicMs() < 30_000);
    assert.equal(taken.report.itemCounts[SNAPSHOTS], 40);
    assert.equal(taken.report.itemCounts["persistentvolumeclaims"], 40);
  });
});
