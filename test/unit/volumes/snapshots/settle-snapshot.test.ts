import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRawObject } from "../../../../src/cluster/raw-object.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import {
  VOLUME_SNAPSHOT_CONTENTS,
  VOLUME_SNAPSHOTS,
} from "../../../../src/volumes/snapshot-kinds.ts";
import type { SettledSnapshot } from "../../../../src/volumes/snapshots/volume-snapshots.ts";
import { object } from "../../../support/builders.ts";
import type { SnapshotScript } from "../../../support/memory-snapshot-objects.ts";
import {
  abortsAfter,
  aSnapshotPlan,
  elapse,
  never,
  snapshotBench,
  type SnapshotBench,
} from "../../../support/snapshot-builders.ts";

type Settled = { settled: SettledSnapshot; bench: SnapshotBench };

async function settleOne(
  script: SnapshotScript,
  prepare: (bench: SnapshotBench) => void = () => {},
): Promise<Settled> {
  const bench = snapshotBench({ "*": script });
  const cutting = bench.snapshots.cut([aSnapshotPlan("shop/data")], never);
  const [cut] = await elapse(bench.clock, cutting);
  assert.ok(cut);
  prepare(bench);
  return { settled: await elapse(bench.clock, bench.snapshots.settle(cut, never)), bench };
}

function readyOf({ settled }: Settled): Extract<SettledSnapshot, { kind: "ready" }> {
  assert.equal(settled.kind, "ready", JSON.stringify(settled));
  return settled;
}

function failureOf({ settled }: Settled): string {
  assert.equal(settled.kind, "failed");
  return `${settled.failure.message} ${settled.failure.hint ?? ""}`;
}

async function assertNothingLeft({ cluster }: SnapshotBench): Promise<void> {
  assert.deepEqual(await cluster.names(VOLUME_SNAPSHOTS), []);
  assert.deepEqual(await cluster.names(VOLUME_SNAPSHOT_CONTENTS), []);
  assert.deepEqual([...cluster.storage], []);
}

test("a snapshot is waited for until it can be used, and its content then outlives it", async () => {
  const done = await settleOne({ readyMs: 30_000 });
  const { ready, cut } = readyOf(done);
  assert.ok(ready.readyAt.getTime() - cut.requestedAt.getTime() >= 30_000);
  assert.equal(ready.restoreSizeBytes, 2 ** 30);
  assert.ok(ready.content);
  assert.equal(ready.content.deletionPolicy, "Delete");
  assert.match(ready.content.handle, /^snapshot-uid-/);
  const content = done.bench.cluster.find(VOLUME_SNAPSHOT_CONTENTS, ready.content.name);
  assert.equal(content?.metadata.uid, ready.content.uid);
  const { labels, annotations } = content?.metadata ?? {};
  assert.equal(labels?.["velero.io/backup-name"], "nightly");
  assert.equal(labels?.["kubectl-ark/state"], "pending");
  assert.equal(annotations?.["kubectl-ark/deletion-policy"], "Delete");
  assert.partialDeepStrictEqual(content, { spec: { deletionPolicy: "Retain" } });
  assert.equal(ready.warning, undefined);
});

test("the archive gets the content as it is after it was set to Retain, and what Velero's restore reads", async () => {
  const { ready } = readyOf(await settleOne({}));
  const stored = ready.objects.map(({ groupResource, raw }) => [
    groupResource,
    parseRawObject(raw),
  ]);
  const name = ready.content?.name ?? "";
  assert.partialDeepStrictEqual(stored, [
    [VOLUME_SNAPSHOTS, { status: { boundVolumeSnapshotContentName: name } }],
    [
      VOLUME_SNAPSHOT_CONTENTS,
      {
        metadata: { name },
        spec: { deletionPolicy: "Retain" },
        status: { snapshotHandle: ready.content?.handle },
      },
    ],
  ]);
});

test("the class goes along, read once for all snapshots of it", async () => {
  const bench = snapshotBench();
  const api = "snapshot.storage.k8s.io/v1";
  bench.cluster.add(object(api, "VolumeSnapshotClass", "fast", { driver: "csi.example" }));
  for (const name of ["a", "b"]) {
    const cutting = bench.snapshots.cut([aSnapshotPlan(`shop/${name}`)], never);
    const [cut] = await elapse(bench.clock, cutting);
    assert.ok(cut);
    const settled = await elapse(bench.clock, bench.snapshots.settle(cut, never));
    assert.equal(settled.kind === "ready" && settled.ready.objects.length, 3);
  }
  const asked = bench.cluster.calls.filter((call) => call.includes("volumesnapshotclasses"));
  assert.equal(asked.length, 1);
});

test("a class with Retain is remembered as such", async () => {
  const { ready } = readyOf(await settleOne({ policy: "Retain" }));
  assert.equal(ready.content?.deletionPolicy, "Retain");
});

test("settled twice, the policy of before the first time is kept", async () => {
  const bench = snapshotBench();
  const cutting = bench.snapshots.cut([aSnapshotPlan("shop/data")], never);
  const [cut] = await elapse(bench.clock, cutting);
  assert.ok(cut);
  await elapse(bench.clock, bench.snapshots.settle(cut, never));
  const again = await elapse(bench.clock, bench.snapshots.settle(cut, never));
  assert.equal(again.kind === "ready" && again.ready.content?.deletionPolicy, "Delete");
});

for (const verb of ["get", "patch"] as const) {
  test(`without the right to ${verb} contents there is a warning that says how long the snapshot lives`, async () => {
    const error = new ArkError("Forbidden", `cannot ${verb} contents`);
    const { ready } = readyOf(
      await settleOne({}, ({ cluster }) =>
        cluster.fail({ verb, resource: VOLUME_SNAPSHOT_CONTENTS, error }),
      ),
    );
    assert.equal(ready.content, undefined);
    assert.match(
      ready.warning?.message ?? "",
      /only as long as its VolumeSnapshot and its namespace/,
    );
    assert.equal(ready.objects.length, verb === "get" ? 1 : 2);
  });
}

const unusable: [string, SnapshotScript, RegExp][] = [
  [
    "that fails after the cut",
    { readyMs: 5_000, error: { message: "upload failed", fromMs: 1_000 } },
    /upload failed/,
  ],
  ["that is never ready", { readyMs: Infinity }, /not ready within 600 s .*--snapshot-timeout/],
  [
    "that is ready without a content",
    { status: { readyToUse: true }, contentStatus: {} },
    /not ready within/,
  ],
  ["whose content has no handle", { contentStatus: { readyToUse: true } }, /has no snapshotHandle/],
  [
    "whose content does not exist",
    { status: { readyToUse: true, boundVolumeSnapshotContentName: "nowhere" }, contentStatus: {} },
    /nowhere does not exist/,
  ],
];
for (const [what, script, text] of unusable) {
  test(`a snapshot ${what} has failed, and is removed with all that belongs to it`, async () => {
    const done = await settleOne(script);
    assert.match(failureOf(done), text);
    await assertNothingLeft(done.bench);
  });
}

test("a content that belongs to another VolumeSnapshot is not touched", async () => {
  const script = { status: { readyToUse: true, boundVolumeSnapshotContentName: "theirs" } };
  const theirs = object("snapshot.storage.k8s.io/v1", "VolumeSnapshotContent", "theirs", {
    spec: { deletionPolicy: "Delete", driver: "d", volumeSnapshotRef: { uid: "theirs" } },
    status: { snapshotHandle: "theirs" },
  });
  const done = await settleOne(script, ({ cluster }) => cluster.add(theirs));
  assert.match(failureOf(done), /belongs to another VolumeSnapshot/);
  assert.deepEqual(
    done.bench.cluster.find(VOLUME_SNAPSHOT_CONTENTS, "theirs")?.["spec"],
    theirs["spec"],
  );
  const writes = done.bench.cluster.calls.filter((call) => /^(patch|delete) .*theirs/.test(call));
  assert.deepEqual(writes, []);
});

test("what failed at the cut is removed, on the storage as well, though its class says Retain", async () => {
  const bench = snapshotBench({ "*": { cutMs: 900, readyMs: 60_000, policy: "Retain" } });
  const signal = abortsAfter(bench.clock, 400);
  const [cut] = await elapse(
    bench.clock,
    bench.snapshots.cut([aSnapshotPlan("shop/data")], signal),
  );
  assert.ok(cut?.kind === "failed");
  await bench.clock.advance(2_000);
  const settled = await elapse(bench.clock, bench.snapshots.settle(cut, never));
  assert.equal(settled.kind === "failed" && settled.failure.message, cut.message);
  await assertNothingLeft(bench);
  assert.deepEqual(await bench.snapshots.discard(), []);
});

test("a removal that does not end is told in the hint, after half a minute", async () => {
  const script = { cutMs: Infinity, error: { message: "no", fromMs: 0 }, removalMs: 3_600_000 };
  const { settled, bench } = await settleOne(script);
  assert.equal(settled.kind, "failed");
  assert.match(
    settled.failure.hint ?? "",
    /Left in the cluster: shop\/ark-data-.*deletion of VolumeSnapshot.* is under way/,
  );
  assert.ok(bench.clock.monotonicMs() < 31_000);
});

test("a passing failure to read is waited out, and so is a passing error", async () => {
  const error = { message: "the object has been modified", fromMs: 300, untilMs: 900 };
  const done = await settleOne({ readyMs: 1_000, error }, ({ cluster }) =>
    cluster.fail({ verb: "get", error: new ArkError("Timeout", "slow"), times: 4 }),
  );
  assert.ok(readyOf(done).ready.content);
});

test("an interrupted wait ends at once", async () => {
  const bench = snapshotBench({ data: { readyMs: 60_000 } });
  const cutting = bench.snapshots.cut([aSnapshotPlan("shop/data")], never);
  const [cut] = await elapse(bench.clock, cutting);
  assert.ok(cut);
  const signal = abortsAfter(bench.clock, 1_000);
  const settling = elapse(bench.clock, bench.snapshots.settle(cut, signal));
  await assert.rejects(settling, { code: "Cancelled" });
  assert.ok(bench.clock.monotonicMs() < 2_000);
  assert.equal(bench.clock.sleeping, 0);
});
