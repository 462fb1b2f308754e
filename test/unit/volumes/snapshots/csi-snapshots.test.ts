import assert from "node:assert/strict";
import { test } from "node:test";
import { ArkError } from "../../../../src/lib/errors.ts";
import { createVolumeSnapshots } from "../../../../src/volumes/snapshots/csi-snapshots.ts";
import {
  VOLUME_SNAPSHOT_CONTENTS,
  VOLUME_SNAPSHOTS,
} from "../../../../src/volumes/snapshot-kinds.ts";
import type {
  SettledSnapshot,
  SnapshotCut,
} from "../../../../src/volumes/snapshots/volume-snapshots.ts";
import type { SnapshotScript } from "../../../support/memory-snapshot-objects.ts";
import {
  aMark,
  aSnapshotPlan,
  elapse,
  never,
  snapshotBench,
  type SnapshotBench,
} from "../../../support/snapshot-builders.ts";

async function takeOf(
  claims: readonly string[],
  script: SnapshotScript = {},
): Promise<{ bench: SnapshotBench; cuts: readonly SnapshotCut[]; settled: SettledSnapshot[] }> {
  const bench = snapshotBench({ "*": script });
  const cuts = await elapse(
    bench.clock,
    bench.snapshots.cut(
      claims.map((c) => aSnapshotPlan(c)),
      never,
    ),
  );
  const settling = Promise.all(cuts.map((cut) => bench.snapshots.settle(cut, never)));
  return { bench, cuts, settled: await elapse(bench.clock, settling) };
}

async function statesIn({ cluster }: SnapshotBench): Promise<(string | undefined)[]> {
  const snapshots = await cluster.names(VOLUME_SNAPSHOTS);
  const contents = await cluster.names(VOLUME_SNAPSHOT_CONTENTS);
  return [
    ...snapshots.map((name) => cluster.find(VOLUME_SNAPSHOTS, name, "shop")),
    ...contents.map((name) => cluster.find(VOLUME_SNAPSHOT_CONTENTS, name)),
  ].map((found) => found?.metadata.labels?.["kubectl-ark/state"]);
}

test("keeping marks VolumeSnapshots and contents as those of a backup", async () => {
  const { bench } = await takeOf(["shop/a", "shop/b"]);
  assert.deepEqual(await statesIn(bench), ["pending", "pending", "pending", "pending"]);
  await bench.snapshots.keep(never);
  assert.deepEqual(await statesIn(bench), ["kept", "kept", "kept", "kept"]);
});

test("keeping fails when a content cannot be marked", async () => {
  const { bench } = await takeOf(["shop/a"]);
  const error = new ArkError("ServerError", "etcd is full");
  bench.cluster.fail({ verb: "patch", resource: VOLUME_SNAPSHOT_CONTENTS, error });
  await assert.rejects(bench.snapshots.keep(never), /etcd is full/);
});

test("keeping minds no VolumeSnapshot that is gone as long as its content is there", async () => {
  const { bench, cuts } = await takeOf(["shop/a"]);
  const name = cuts[0]?.name ?? "";
  await bench.cluster.delete(bench.kinds.snapshots, { namespace: "shop", name }, never);
  await bench.snapshots.keep(never);
  assert.deepEqual(await statesIn(bench), ["kept"]);
  assert.ok(bench.log.some(({ level }) => level === "warning"));
});

test("keeping fails when the VolumeSnapshot is all there is and it is gone", async () => {
  const bench = snapshotBench();
  const error = new ArkError("Forbidden", "no");
  bench.cluster.fail({ verb: "get", resource: VOLUME_SNAPSHOT_CONTENTS, error });
  const [cut] = await elapse(bench.clock, bench.snapshots.cut([aSnapshotPlan("shop/a")], never));
  assert.ok(cut);
  await elapse(bench.clock, bench.snapshots.settle(cut, never));
  const target = { namespace: "shop", name: cut.name ?? "" };
  await bench.cluster.delete(bench.kinds.snapshots, target, never);
  await bench.clock.advance(1_000);
  await assert.rejects(bench.snapshots.keep(never), { code: "NotFound" });
});

test("discarding leaves nothing, in the cluster or on the storage, whatever was reached", async () => {
  for (const policy of ["Delete", "Retain"] as const) {
    const { bench } = await takeOf(["shop/a", "shop/b"], { policy });
    await bench.snapshots.keep(never);
    await elapse(bench.clock, bench.snapshots.cut([aSnapshotPlan("shop/c")], never));
    assert.equal(bench.cluster.storage.size, 3);
    assert.deepEqual(await elapse(bench.clock, bench.snapshots.discard()), []);
    assert.deepEqual(await statesIn(bench), []);
    assert.equal(bench.cluster.storage.size, 0);
  }
});

test("discarding finds a snapshot whose creation was never answered and appears only later", async () => {
  const bench = snapshotBench();
  bench.cluster.fail({ verb: "create", error: new ArkError("Timeout", "no answer"), times: 1 });
  const [cut] = await bench.snapshots.cut([aSnapshotPlan("shop/a")], never);
  assert.ok(cut?.kind === "failed");
  await elapse(bench.clock, bench.snapshots.settle(cut, never));
  bench.cluster.add({
    apiVersion: "snapshot.storage.k8s.io/v1",
    kind: "VolumeSnapshot",
    metadata: {
      namespace: "shop",
      name: cut.name ?? "",
      labels: { "kubectl-ark/run": aMark.runId },
    },
  });
  assert.deepEqual(await elapse(bench.clock, bench.snapshots.discard()), []);
  assert.deepEqual(await bench.cluster.names(VOLUME_SNAPSHOTS), []);
});

test("discarding leaves alone what has another run's label", async () => {
  const { bench, cuts } = await takeOf(["shop/a"]);
  const name = cuts[0]?.name ?? "";
  const found = bench.cluster.find(VOLUME_SNAPSHOTS, name, "shop");
  assert.ok(found);
  const labels = { ...found.metadata.labels, "kubectl-ark/run": "another" };
  bench.cluster.add({ ...found, metadata: { ...found.metadata, labels } });
  await elapse(bench.clock, bench.snapshots.discard());
  assert.deepEqual(await bench.cluster.names(VOLUME_SNAPSHOTS), [name]);
});

test("discarding says what it could not remove and why, and never throws", async () => {
  const { bench, cuts } = await takeOf(["shop/a", "shop/b"]);
  const [name = ""] = cuts.map((cut) => cut.name ?? "");
  const error = new ArkError("Forbidden", "cannot delete");
  bench.cluster.fail({ verb: "delete", resource: VOLUME_SNAPSHOTS, name, error });
  const left = await elapse(bench.clock, bench.snapshots.discard());
  assert.deepEqual(left, [`shop/${name}: cannot delete`]);
});

test("discarding ends after a minute when the storage does not let go", async () => {
  const { bench } = await takeOf(["shop/a"], { removalMs: Infinity });
  const left = await elapse(bench.clock, bench.snapshots.discard());
  assert.match(left[0] ?? "", /shop\/ark-a-\S+: the deletion of VolumeSnapshot \S+ is under way/);
  assert.ok(bench.clock.monotonicMs() <= 62_000);
  assert.equal(bench.clock.sleeping, 0);
});

test("a content under deletion that its controller has forgotten is changed, so that it is looked at again", async () => {
  const { bench } = await takeOf(["shop/a"], { removalMs: Infinity, forgetful: true });
  assert.deepEqual(await elapse(bench.clock, bench.snapshots.discard()), []);
  assert.ok(bench.clock.monotonicMs() < 10_000);
  assert.equal(bench.cluster.storage.size, 0);
});

test("discarding asks for every deletion before it waits for one", async () => {
  const claims = Array.from({ length: 40 }, (_, index) => `shop/data-${index}`);
  const { bench } = await takeOf(claims, { removalMs: 3_600_000 });
  const discarding = bench.snapshots.discard();
  await bench.clock.whenSleeping(2);
  const deletions = bench.cluster.calls.filter((call) => call.startsWith("delete"));
  assert.equal(deletions.length, 40);
  assert.equal((await elapse(bench.clock, discarding)).length, 40);
});

test("without a snapshot API a cut has failed, and there is nothing to remove", async () => {
  const { tools, clock } = snapshotBench();
  const snapshots = createVolumeSnapshots({
    ...tools,
    findResource: () => undefined,
    log: { write: () => {} },
    mark: aMark,
    snapshotTimeoutMs: 1_000,
  });
  const [cut] = await snapshots.cut([aSnapshotPlan("shop/a")], never);
  assert.ok(cut?.kind === "failed");
  assert.match(cut.message, /no snapshot API/);
  assert.equal((await snapshots.settle(cut, never)).kind, "failed");
  await snapshots.keep(never);
  assert.deepEqual(await snapshots.discard(), []);
  assert.equal(clock.sleeping, 0);
});
