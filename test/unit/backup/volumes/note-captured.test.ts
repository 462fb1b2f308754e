import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TakenBackup } from "../../../support/backup-builders.ts";
import { hooked } from "../../../support/guarded-backup.ts";
import {
  app,
  boundToHost,
  errorsOf,
  mounting,
  resultsOf,
  takeVolumes,
  VolumeCluster,
} from "../../../support/volume-backup.ts";

const doubtful = "its pods may have been thawed before it was captured";

/** What is left of a backup whose capture does not count. */
async function assertNothingKept(cluster: VolumeCluster, taken: TakenBackup): Promise<void> {
  assert.deepEqual(resultsOf(taken), [`shop/db-data failed: ${doubtful}`]);
  assert.deepEqual(await cluster.leftovers(), []);
  assert.equal(taken.report.phase, "PartiallyFailed");
  const items = await taken.items();
  assert.ok(items.includes("persistentvolumeclaims shop/db-data"));
  assert.ok(!items.some((item) => item.startsWith("volumesnapshots")));
}

const guarded = { request: { guard: "auto" } } as const;

describe("a freeze that may have ended before the cut", () => {
  it("because max-freeze has passed: thawed then, the snapshot is removed, and one error says why", async () => {
    const cluster = new VolumeCluster({ "*": { cutMs: 60_000 } }, app("db"));
    const taken = await takeVolumes(cluster, { request: { maxFreezeMs: 2_500 } });
    assert.deepEqual(cluster.history.slice(0, 3), ["freeze db", "snapshot db-data", "thaw db"]);
    assert.equal(cluster.atMs["thaw db"], 2_500);
    await assertNothingKept(cluster, taken);
    assert.deepEqual(errorsOf(taken), [
      "max-freeze of 2.5s passed before shop/db was captured: thawed, and what was captured is not consistent",
    ]);
  });

  it("after one volume was cut and while the other was not: neither counts", async () => {
    const scripts = { fast: { cutMs: 100 }, slow: { cutMs: 60_000 } };
    const cluster = new VolumeCluster(scripts, app("db", ["fast", "slow"]));
    const taken = await takeVolumes(cluster, { request: { maxFreezeMs: 2_000 } });
    assert.deepEqual(resultsOf(taken), [
      `shop/fast failed: ${doubtful}`,
      `shop/slow failed: ${doubtful}`,
    ]);
    assert.deepEqual(await cluster.leftovers(), []);
    assert.equal(taken.report.errors.length, 1);
  });

  it("before anything was cut, in a hook that takes too long: no snapshot is asked for", async () => {
    const cluster = new VolumeCluster({}, app("db"));
    cluster.onHook = ({ command }) => {
      if (command[0] === "thaw") return { kind: "exited", exitCode: 0 };
      void cluster.clock.advance(2_500);
      return new Promise(() => {});
    };
    const taken = await takeVolumes(cluster, { request: { maxFreezeMs: 2_000 } });
    assert.ok(!cluster.history.some((step) => step.startsWith("snapshot")));
    assert.match(resultsOf(taken).join(), /^shop\/db-data failed: its pods were not quiesced/);
    assert.equal(taken.report.itemCounts["persistentvolumeclaims"], 1);
  });

  it("by a guard that thawed early", async () => {
    const cluster = new VolumeCluster({}, app("db"));
    cluster.onStep = (step) => {
      if (step.startsWith("snapshot")) cluster.guards.end(10, "thawed silent sure");
    };
    const taken = await takeVolumes(cluster, guarded);
    await assertNothingKept(cluster, taken);
    assert.match(errorsOf(taken).join(), /thawed the pod early \(nothing was heard/);
  });

  it("by a guard whose connection was cut", async () => {
    const cluster = new VolumeCluster({}, app("db"));
    cluster.onStep = (step) => {
      if (step.startsWith("snapshot")) cluster.guards.cut();
    };
    const taken = await takeVolumes(cluster, guarded);
    await assertNothingKept(cluster, taken);
  });

  it("by a guard, once the snapshot was cut but before it was dismissed: it does not count either", async () => {
    const cluster = new VolumeCluster({}, app("db"));
    cluster.onStep = (step) => {
      if (step === "thaw db") cluster.guards.end(10, "thawed silent sure");
    };
    await assertNothingKept(cluster, await takeVolumes(cluster, guarded));
  });

  it("does not count where a guard was dismissed in time, or only told to thaw", async () => {
    for (const exitCode of [0, 1]) {
      const cluster = new VolumeCluster({}, app("db"));
      cluster.onHook = ({ command }) => ({
        kind: "exited",
        exitCode: command[0] === "thaw" ? exitCode : 0,
      });
      const taken = await takeVolumes(cluster, guarded);
      assert.deepEqual(resultsOf(taken), ["shop/db-data captured"]);
      assert.deepEqual(
        taken.report.blocks.flatMap(({ guards }) => guards.map(({ state }) => state)),
        [exitCode === 0 ? "dismissed" : "thawed"],
      );
    }
  });

  it("makes nothing of a volume that cannot be captured anyhow", async () => {
    const objects = [mounting(hooked("db", { claims: ["data"] })), ...boundToHost("shop/data")];
    const cluster = new VolumeCluster({}, objects);
    cluster.onStep = (step) => step.startsWith("freeze") && cluster.guards.cut();
    const taken = await takeVolumes(cluster, guarded);
    const reason = "hostPath volumes cannot be snapshotted: only those of CSI drivers can";
    assert.deepEqual(resultsOf(taken), [`shop/data skipped: ${reason}`]);
  });
});
