import assert from "node:assert/strict";
import { test } from "node:test";
import { ArkError } from "../../../../src/lib/errors.ts";
import {
  type RecordedSnapshot,
  removeSnapshotsOfBackup,
  type RemoveSnapshotsOptions,
  type SnapshotRemoval,
} from "../../../../src/volumes/snapshots/remove-snapshots.ts";
import {
  VOLUME_SNAPSHOT_CONTENTS,
  VOLUME_SNAPSHOTS,
} from "../../../../src/volumes/snapshot-kinds.ts";
import type { SnapshotScript } from "../../../support/memory-snapshot-objects.ts";
import {
  abortsAfter,
  aSnapshotPlan,
  elapse,
  never,
  snapshotBench,
  type SnapshotBench,
} from "../../../support/snapshot-builders.ts";

/** A published backup with the snapshot of one claim, as its record has it. */
async function published(
  script: SnapshotScript = {},
): Promise<{ bench: SnapshotBench; recorded: RecordedSnapshot }> {
  const bench = snapshotBench({ "*": script });
  const plan = aSnapshotPlan("shop/data");
  const [cut] = await elapse(bench.clock, bench.snapshots.cut([plan], never));
  assert.ok(cut);
  const settled = await elapse(bench.clock, bench.snapshots.settle(cut, never));
  assert.ok(settled.kind === "ready");
  await bench.snapshots.keep(never);
  const { content } = settled.ready;
  const recorded = {
    namespace: "shop",
    claim: "data",
    name: settled.cut.name,
    contentName: content?.name,
    contentUid: content?.uid,
    handle: content?.handle,
    deletionPolicy: content?.deletionPolicy,
  };
  return { bench, recorded };
}

async function remove(
  bench: SnapshotBench,
  recorded: RecordedSnapshot,
  options: Partial<RemoveSnapshotsOptions> = {},
): Promise<SnapshotRemoval> {
  const all = { backup: "nightly", isSameCluster: true, ...options };
  const removing = removeSnapshotsOfBackup([recorded], all, bench.tools, never);
  const [removal] = await elapse(bench.clock, removing);
  assert.ok(removal);
  return removal;
}

async function leftIn({ cluster }: SnapshotBench): Promise<number[]> {
  const snapshots = await cluster.names(VOLUME_SNAPSHOTS);
  const contents = await cluster.names(VOLUME_SNAPSHOT_CONTENTS);
  return [snapshots.length, contents.length, cluster.storage.size];
}

test("VolumeSnapshot, content and the storage's snapshot are removed", async () => {
  const { bench, recorded } = await published();
  assert.deepEqual(await remove(bench, recorded), { snapshot: recorded, result: "removed" });
  assert.deepEqual(await leftIn(bench), [0, 0, 0]);
});

test("a content that has outlived its namespace is removed with the storage's snapshot", async () => {
  const { bench, recorded } = await published();
  await bench.cluster.delete(bench.kinds.snapshots, recorded, never);
  assert.deepEqual(await leftIn(bench), [0, 1, 1]);
  assert.equal((await remove(bench, recorded)).result, "removed");
  assert.deepEqual(await leftIn(bench), [0, 0, 0]);
});

test("a class that says Retain keeps the storage's snapshot, which is told", async () => {
  const { bench, recorded } = await published({ policy: "Retain" });
  const { result, message } = await remove(bench, recorded);
  assert.equal(result, "removed");
  assert.match(message ?? "", new RegExp(`the storage keeps snapshot ${recorded.handle}`));
  assert.deepEqual(await leftIn(bench), [0, 0, 1]);
});

test("without a recorded policy the content's own note of it counts", async () => {
  const { bench, recorded } = await published({ policy: "Retain" });
  await remove(bench, { ...recorded, deletionPolicy: undefined });
  assert.deepEqual(await leftIn(bench), [0, 0, 1]);
});

test("what is not there is gone in the same cluster only", async () => {
  const { bench, recorded } = await published();
  await remove(bench, recorded);
  const again = await remove(bench, recorded);
  assert.equal(again.result, "gone");
  assert.match(again.message ?? "", /the storage still has/);
  const elsewhere = await remove(bench, recorded, { isSameCluster: false });
  assert.equal(elsewhere.result, "elsewhere");
});

test("what does not carry this backup's marks is left alone", async () => {
  const { bench, recorded } = await published();
  const other = await remove(bench, recorded, { backup: "weekly" });
  assert.equal(other.result, "left");
  assert.match(other.message ?? "", /is another one, or has lost its labels/);
  const replaced = await remove(bench, { ...recorded, contentUid: "other" });
  assert.equal(
    replaced.result,
    "removed",
    "the VolumeSnapshot is ours, and the content is bound to it",
  );
});

test("a content of another uid without its VolumeSnapshot is left alone", async () => {
  const { bench, recorded } = await published();
  await bench.cluster.delete(bench.kinds.snapshots, recorded, never);
  const removal = await remove(bench, { ...recorded, contentUid: "other" });
  assert.equal(removal.result, "left");
  assert.deepEqual(await leftIn(bench), [0, 1, 1]);
});

for (const verb of ["get", "patch", "delete"] as const) {
  test(`without the right to ${verb} contents nothing is called removed`, async () => {
    const { bench, recorded } = await published();
    if (verb === "delete") await bench.cluster.delete(bench.kinds.snapshots, recorded, never);
    const error = new ArkError("Forbidden", `cannot ${verb}`, { hint: "Ask." });
    bench.cluster.fail({ verb, resource: VOLUME_SNAPSHOT_CONTENTS, error });
    const { result, message, hint } = await remove(bench, recorded);
    assert.deepEqual([result, message, hint], ["left", `cannot ${verb}`, "Ask."]);
    assert.equal(bench.cluster.storage.size, 1);
  });
}

test("a VolumeSnapshot without a recorded content is removed where contents cannot be read", async () => {
  const { bench, recorded } = await published();
  const error = new ArkError("Forbidden", "no");
  bench.cluster.fail({ verb: "get", resource: VOLUME_SNAPSHOT_CONTENTS, error });
  const { namespace, claim, name } = recorded;
  assert.equal((await remove(bench, { namespace, claim, name })).result, "removed");
});

test("passing failures are waited out, and the limit is kept", async () => {
  const { bench, recorded } = await published();
  bench.cluster.fail({ verb: "get", error: new ArkError("Timeout", "slow"), times: 3 });
  assert.equal((await remove(bench, recorded)).result, "removed");
  const slow = await published({ removalMs: 3_600_000 });
  const fromMs = slow.bench.clock.monotonicMs();
  const removal = await remove(slow.bench, slow.recorded, { waitMs: 5_000 });
  assert.equal(removal.result, "left");
  assert.match(removal.message ?? "", /under way/);
  assert.ok(slow.bench.clock.monotonicMs() - fromMs <= 6_000);
});

test("an interruption ends it", async () => {
  const { bench, recorded } = await published({ removalMs: 3_600_000 });
  const signal = abortsAfter(bench.clock, 1_000);
  const options = { backup: "nightly", isSameCluster: true };
  const removing = removeSnapshotsOfBackup([recorded], options, bench.tools, signal);
  await assert.rejects(elapse(bench.clock, removing), { code: "Cancelled" });
  assert.equal(bench.clock.sleeping, 0);
});

test("without a snapshot API there is nothing any more, or it is another cluster's", async () => {
  const { bench, recorded } = await published();
  const tools = { ...bench.tools, findResource: () => undefined };
  for (const [isSameCluster, result] of [
    [true, "gone"],
    [false, "elsewhere"],
  ] as const) {
    const options = { backup: "nightly", isSameCluster };
    const [removal] = await removeSnapshotsOfBackup([recorded], options, tools, never);
    assert.equal(removal?.result, result);
  }
});
