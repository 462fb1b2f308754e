import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ArkError, hasCode } from "../../../../src/lib/errors.ts";
import type { BackupEvent } from "../../../../src/backup/backup-events.ts";
import type { BackupSetup } from "../../../support/backup-builders.ts";
import { diskFull, failingStore } from "../../../support/failing-store.ts";
import { MemoryStore } from "../../../support/memory-store.ts";
import { app, takeVolumes, VolumeCluster } from "../../../support/volume-backup.ts";
import { WatchedStore } from "../../../support/watched-store.ts";

const never = new AbortController().signal;
const CONTENTS = "volumesnapshotcontents.snapshot.storage.k8s.io";

type Stop = { readonly cluster: VolumeCluster; readonly stop: () => void };

/** Takes a backup that is interrupted somewhere, and sees that it has left nothing anywhere. */
async function assertInterrupted(
  arrange: (stop: Stop) => BackupSetup["observe"],
  cluster = new VolumeCluster({ "*": { cutMs: 200, readyMs: 5_000 } }, app("db")),
): Promise<string[]> {
  const store = new MemoryStore();
  const controller = new AbortController();
  const observe = arrange({ cluster, stop: () => controller.abort() });
  const { signal } = controller;
  const taking = takeVolumes(cluster, { store, signal, ...(observe && { observe }) });
  await assert.rejects(taking, (error) => hasCode(error, "Cancelled"));
  assert.deepEqual(await store.list(never), []);
  assert.deepEqual(await cluster.leftovers(), []);
  assert.equal(cluster.clock.sleeping, 0);
  return cluster.history;
}

describe("an interruption leaves no snapshot behind", () => {
  it("in a pre hook: none is asked for", async () => {
    const history = await assertInterrupted(({ cluster, stop }) => {
      cluster.onStep = (step) => step === "freeze db" && stop();
      return undefined;
    });
    assert.deepEqual(history, ["freeze db", "thaw db"]);
  });

  it("as a snapshot is asked for", async () => {
    const history = await assertInterrupted(({ cluster, stop }) => {
      cluster.onStep = (step) => step.startsWith("snapshot") && stop();
      return undefined;
    });
    assert.deepEqual(history, ["freeze db", "snapshot db-data", "thaw db"]);
  });

  it("while it is waited for the cut: thawed first, then removed", async () => {
    const history = await assertInterrupted(({ cluster, stop }) => {
      void cluster.clock.sleep(100).then(stop);
      return undefined;
    });
    assert.deepEqual(history, ["freeze db", "snapshot db-data", "thaw db", "discard db-data"]);
  });

  it("while the answer to its creation is lost", async () => {
    const cluster = new VolumeCluster({ "*": { cutMs: 60_000 } }, app("db"));
    cluster.answersToLose = 1;
    cluster.onStep = (step) => {
      const error = new ArkError("ClusterUnreachable", "gone");
      if (step.startsWith("snapshot")) cluster.fail({ verb: "get", error, times: 1 });
    };
    await assertInterrupted(({ stop }) => {
      void cluster.clock.sleep(100).then(stop);
      return undefined;
    }, cluster);
  });

  for (const kind of ["snapshot-cut", "block-ended", "items-stored", "volumes-settling"] as const) {
    it(`at ${kind}`, async () => {
      const history = await assertInterrupted(({ stop }) => (event: BackupEvent) => {
        if (event.kind === kind) stop();
      });
      assert.equal(history.at(-1), "discard db-data");
    });
  }

  it("when one of two snapshots can be used, and is retained, and the other cannot yet", async () => {
    const scripts = { a: { readyMs: 100 }, b: { readyMs: 60_000 } };
    const cluster = new VolumeCluster(scripts, app("db", ["a", "b"]));
    let hasRetained = false;
    const history = await assertInterrupted(({ stop }) => {
      return (event: BackupEvent) => {
        if (event.kind !== "volumes-settling" || event.waiting !== 1) return;
        hasRetained = cluster.calls.some((call) => call.startsWith(`patch ${CONTENTS}`));
        stop();
      };
    }, cluster);
    assert.ok(hasRetained);
    assert.deepEqual(history.slice(-2).toSorted(), ["discard a", "discard b"]);
  });

  it("names what could not be removed, and how to remove it", async () => {
    const cluster = new VolumeCluster({ "*": { readyMs: 60_000 } }, app("db"));
    const controller = new AbortController();
    const error = new ArkError("Forbidden", "no deletions today");
    const resource = "volumesnapshots.snapshot.storage.k8s.io";
    const observe = ({ kind }: BackupEvent): void => {
      if (kind !== "volumes-settling") return;
      cluster.fail({ verb: "delete", resource, error });
      controller.abort();
    };
    const taking = takeVolumes(cluster, { signal: controller.signal, observe });
    await assert.rejects(taking, (thrown) => {
      assert.ok(hasCode(thrown, "Cancelled"));
      assert.match(thrown.message, /left in the cluster: shop\/ark-db-data-\w+: no deletions/);
      assert.match(thrown.hint ?? "", /kubectl ark backup delete/);
      return true;
    });
  });
});

describe("an interruption that comes too late", () => {
  it("while the backup is sealed: it is published, and its snapshot kept", async () => {
    const cluster = new VolumeCluster({}, app("db"));
    const controller = new AbortController();
    const taken = await takeVolumes(cluster, {
      signal: controller.signal,
      observe: ({ kind }) => kind === "publishing" && controller.abort(),
    });
    assert.equal(taken.report.phase, "Completed");
    assert.equal(cluster.storage.size, 1);
    const [name = ""] = await cluster.names(CONTENTS);
    assert.equal(cluster.find(CONTENTS, name)?.metadata.labels?.["kubectl-ark/state"], "kept");
  });
});

describe("a store that fails leaves no snapshot behind", () => {
  it("at the start: none is asked for", async () => {
    const cluster = new VolumeCluster({}, app("db"));
    const store = failingStore({ at: "create" });
    await assert.rejects(takeVolumes(cluster, { store }), diskFull);
    assert.deepEqual(cluster.history, []);
  });

  for (const file of ["nightly.tar.gz", "nightly-volumeinfo.json.gz", "velero-backup.json"]) {
    it(`in ${file}: thawed, removed, discarded`, async () => {
      const cluster = new VolumeCluster({}, app("db"));
      const store = failingStore({ at: "write", file });
      await assert.rejects(takeVolumes(cluster, { store }), diskFull);
      assert.deepEqual(store.discarded, ["nightly"]);
      assert.deepEqual(await cluster.leftovers(), []);
      const frozen = cluster.history.filter((step) => /freeze|thaw/.test(step));
      assert.ok(frozen.length === 0 || frozen.at(-1) === "thaw db");
    });
  }

  it("as it publishes: what was marked as kept already is removed, from the storage too", async () => {
    const cluster = new VolumeCluster({}, app("db", ["a", "b"]));
    const store = failingStore({ at: "publish" });
    await assert.rejects(takeVolumes(cluster, { store }), diskFull);
    assert.deepEqual(store.discarded, ["nightly"]);
    assert.deepEqual(await cluster.leftovers(), []);
  });
});

describe("a snapshot that cannot be marked as kept", () => {
  for (const kind of ["volumesnapshots", "volumesnapshotcontents"]) {
    it(`(${kind}) keeps the backup from being published, and is removed`, async () => {
      const cluster = new VolumeCluster({}, app("db", ["a", "b"]));
      const resource = `${kind}.snapshot.storage.k8s.io`;
      const refuse = (): void =>
        cluster.fail({ verb: "patch", resource, error: new ArkError("Forbidden", "no"), times: 1 });
      const store = new WatchedStore({ "velero-backup.json": refuse });
      await assert.rejects(takeVolumes(cluster, { store }), (error) => hasCode(error, "Forbidden"));
      assert.deepEqual(await store.list(never), []);
      assert.deepEqual(await cluster.leftovers(), []);
    });
  }

  it("because its namespace went meanwhile is kept by its content", async () => {
    const cluster = new VolumeCluster({}, app("db"));
    const vanish = async (): Promise<void> => {
      const [name = ""] = await cluster.names("volumesnapshots.snapshot.storage.k8s.io");
      const resource = cluster.resource("volumesnapshots.snapshot.storage.k8s.io");
      await cluster.delete(resource, { namespace: "shop", name }, never);
    };
    const store = new WatchedStore({ "velero-backup.json": vanish });
    const taken = await takeVolumes(cluster, { store });
    assert.equal(taken.report.phase, "Completed");
    assert.equal(cluster.storage.size, 1);
    assert.equal((await cluster.names(CONTENTS)).length, 1);
  });
});
