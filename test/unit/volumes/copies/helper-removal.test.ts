import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ArkError } from "../../../../src/lib/errors.ts";
import type { CopyOutcome } from "../../../../src/volumes/copies/volume-copies.ts";
import { copyBench, MemoryFile, tars, whileRemoving } from "../../../support/copy-bench.ts";
import type { ExecHandler } from "../../../support/memory-cluster.ts";
import { aSnapshotPlan } from "../../../support/snapshot-builders.ts";
import { END_MARK, tarEntry } from "../../../support/tar-bytes.ts";

const plan = aSnapshotPlan("shop/data");
const archive = Buffer.concat([tarEntry("a", "x"), END_MARK]);
const unreachable = new ArkError("ClusterUnreachable", "reset");
const forbidden = new ArkError("Forbidden", "not allowed");

function bench(onExec: ExecHandler = tars({ stdout: archive })) {
  const made = copyBench(onExec);
  const file = new MemoryFile();
  const copy = (signal: AbortSignal = new AbortController().signal): Promise<CopyOutcome> =>
    made.copies.copyFromSnapshot(
      { plan, snapshotName: "snap", restoreSizeBytes: 1, write: file.write },
      signal,
    );
  return { ...made, copy };
}

describe("copyFromSnapshot: what it leaves", () => {
  const moments: readonly ("pods" | "persistentvolumeclaims" | "wait" | "copy")[] = [
    "pods",
    "persistentvolumeclaims",
    "wait",
    "copy",
  ];
  for (const moment of moments) {
    it(`is nothing when it is interrupted: ${moment}`, async () => {
      const stop = new AbortController();
      const { copy, cluster, clock } = bench(async () => {
        stop.abort();
        return new Promise(() => {});
      });
      cluster.beforeCreate = (kind) => kind === moment && stop.abort();
      if (moment === "wait") cluster.fate = (pod) => pod;
      const outcome = copy(stop.signal);
      if (moment === "wait") {
        await clock.whenSleeping();
        stop.abort();
      }
      assert.deepEqual(await outcome, { kind: "failed", reason: "interrupted" });
      assert.deepEqual(cluster.leftovers(), []);
      assert.equal(clock.sleeping, 0);
    });
  }

  it("is nothing when deleting works at the third attempt only", async () => {
    const { copy, cluster, clock } = bench();
    cluster.fail({ verb: "delete", resource: "pods", error: unreachable, times: 2 });
    assert.equal((await whileRemoving(copy(), { cluster, clock })).kind, "copied");
    assert.deepEqual(cluster.leftovers(), []);
  });

  it("is said, and tried again by discard, when it may not be deleted", async () => {
    const { copy, copies, cluster } = bench();
    cluster.fail({
      verb: "delete",
      resource: "persistentvolumeclaims",
      error: forbidden,
      times: 2,
    });
    const outcome = await copy();
    assert.match(
      outcome.kind === "copied" ? (outcome.warnings[0] ?? "") : "",
      /left: persistentvolumeclaims shop\/ark-copy-data-\w+: not allowed/,
    );
    const [left = ""] = await copies.discard();
    assert.match(left, /^persistentvolumeclaims shop\/ark-copy-data-\w+: not allowed$/);
    assert.deepEqual(await copies.discard(), []);
    assert.deepEqual(cluster.leftovers(), []);
  });

  it("is given up after a minute, and named", async () => {
    const { copy, cluster, clock } = bench();
    cluster.fail({ verb: "delete", error: unreachable });
    const fromMs = clock.monotonicMs();
    const ended = await whileRemoving(copy(), { cluster, clock });
    assert.equal(clock.monotonicMs() - fromMs, 60_000);
    assert.equal(ended.kind === "copied" && ended.warnings.length, 2);
    assert.match(ended.kind === "copied" ? ended.warnings.join() : "", /was not gone within 1m0s/);
    assert.equal(clock.sleeping, 0);
  });
});

function retained(error?: ArkError) {
  const made = bench();
  const { cluster } = made;
  cluster.add({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: "pv-1" },
    spec: { persistentVolumeReclaimPolicy: "Retain" },
  });
  if (error) cluster.fail({ verb: "patch", resource: "persistentvolumes", error });
  cluster.onExec = (request, signal) => {
    const claim = cluster.created.find(({ kind }) => kind === "PersistentVolumeClaim");
    if (claim) cluster.add({ ...claim, spec: { volumeName: "pv-1" } });
    return tars({ stdout: archive })(request, signal);
  };
  return made;
}

describe("copyFromSnapshot: a storage class that retains volumes", () => {
  it("has the helper's volume deleted all the same", async () => {
    const { copy, cluster } = retained();
    const outcome = await copy();
    assert.deepEqual(outcome.kind === "copied" && outcome.warnings, []);
    const volume = cluster.find("persistentvolumes", "pv-1");
    assert.deepEqual(volume?.["spec"], { persistentVolumeReclaimPolicy: "Delete" });
  });

  it("is warned about when that may not be changed", async () => {
    const { copy } = retained(forbidden);
    const outcome = await copy();
    assert.deepEqual(outcome.kind === "copied" && outcome.warnings, [
      "volume pv-1 of the helper stays, since its class retains volumes: not allowed",
    ]);
  });
});
