import assert from "node:assert/strict";
import { test } from "node:test";
import { ArkError } from "../../../../src/lib/errors.ts";
import {
  VOLUME_SNAPSHOT_CONTENTS,
  VOLUME_SNAPSHOTS,
} from "../../../../src/volumes/snapshot-kinds.ts";
import type { SnapshotCut } from "../../../../src/volumes/snapshots/volume-snapshots.ts";
import type { SnapshotScript } from "../../../support/memory-snapshot-objects.ts";
import {
  abortsAfter,
  aSnapshotPlan,
  elapse,
  never,
  snapshotBench,
  type SnapshotBench,
} from "../../../support/snapshot-builders.ts";

async function cutOne(
  script: SnapshotScript,
  prepare: (bench: SnapshotBench) => void = () => {},
): Promise<{ cut: SnapshotCut; bench: SnapshotBench; tookMs: number }> {
  const bench = snapshotBench({ data: script });
  prepare(bench);
  const cutting = bench.snapshots.cut([aSnapshotPlan("shop/data")], never);
  const [cut] = await elapse(bench.clock, cutting);
  assert.ok(cut);
  return { cut, bench, tookMs: bench.clock.monotonicMs() };
}

function failureText(cut: SnapshotCut): string {
  assert.equal(cut.kind, "failed");
  return `${cut.code ?? ""} ${cut.message} ${cut.hint ?? ""}`;
}

test("a snapshot is cut as soon as the storage says when, not when it can be used", async () => {
  const { cut, tookMs, bench } = await cutOne({ cutMs: 300, readyMs: 60_000 });
  assert.equal(cut.kind, "cut");
  assert.ok(tookMs <= 400, `${tookMs} ms`);
  assert.match(cut.name, /^ark-data-[a-z0-9]{8}$/);
  assert.equal(cut.requestedAt.toISOString(), "2026-01-02T03:04:05.000Z");
  assert.equal(cut.cutAt.getTime() - cut.requestedAt.getTime(), tookMs);
  assert.equal(bench.clock.sleeping, 0);
});

test("the content's word counts, which comes sooner and to the millisecond", async () => {
  const { cut, tookMs } = await cutOne({ cutMs: 300, lagMs: 5_000 });
  assert.ok(tookMs <= 400, `${tookMs} ms`);
  assert.equal(cut.kind === "cut" && cut.creationTime, "2026-01-02T03:04:05.123Z");
});

test("where contents must not be read, the VolumeSnapshot's word is waited for, and they are not asked for again", async () => {
  const error = new ArkError("Forbidden", "no");
  const { cut, tookMs, bench } = await cutOne({ cutMs: 300, lagMs: 5_000 }, ({ cluster }) =>
    cluster.fail({ verb: "get", resource: VOLUME_SNAPSHOT_CONTENTS, error }),
  );
  assert.equal(cut.kind === "cut" && cut.creationTime, "2026-01-02T03:04:05Z");
  assert.ok(tookMs >= 5_300 && tookMs <= 5_500, `${tookMs} ms`);
  const asked = bench.cluster.calls.filter((call) => call.includes(VOLUME_SNAPSHOT_CONTENTS));
  assert.equal(asked.length, 1);
});

test("what is created says who made it for what, and names its class and claim", async () => {
  const { cut, bench } = await cutOne({});
  const stored = bench.cluster.find(VOLUME_SNAPSHOTS, cut.name ?? "", "shop");
  assert.deepEqual(stored?.["spec"], {
    volumeSnapshotClassName: "fast",
    source: { persistentVolumeClaimName: "data" },
  });
  assert.equal(stored?.metadata.labels?.["kubectl-ark/state"], "pending");
  assert.equal(stored?.metadata.labels?.["velero.io/exclude-from-backup"], "true");
});

test("without a class the driver's default is left to the controller", async () => {
  const bench = snapshotBench();
  const plan = {
    ...aSnapshotPlan("shop/data"),
    method: { kind: "snapshot", className: undefined },
  } as const;
  const [cut] = await elapse(bench.clock, bench.snapshots.cut([plan], never));
  const stored = bench.cluster.find(VOLUME_SNAPSHOTS, cut?.name ?? "", "shop");
  assert.deepEqual(stored?.["spec"], { source: { persistentVolumeClaimName: "data" } });
});

test("an error of the driver is a failure at once, with its words", async () => {
  const error = { message: "rpc error: code = Internal desc = disk on fire", fromMs: 200 };
  const { cut, tookMs } = await cutOne({ cutMs: Infinity, error, lagMs: 9_000 });
  assert.match(failureText(cut), /the snapshot has failed: .*disk on fire/);
  assert.ok(tookMs <= 300, `${tookMs} ms`);
});

for (const message of [
  "Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version",
  "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
  "rpc error: code = Aborted desc = an operation with the given volume is under way",
]) {
  test(`a passing error is waited out: ${message.slice(0, 40)}`, async () => {
    const error = { message, fromMs: 0, untilMs: 700 };
    const { cut, tookMs } = await cutOne({ cutMs: 700, error });
    assert.equal(cut.kind, "cut");
    assert.ok(tookMs >= 700);
  });
}

test("an error without words is a failure all the same", async () => {
  const { cut } = await cutOne({ cutMs: Infinity, error: { fromMs: 0 } });
  assert.match(failureText(cut), /the driver gives no reason/);
});

test("a message without end is cut", async () => {
  const { cut } = await cutOne({
    cutMs: Infinity,
    error: { message: "x".repeat(100_000), fromMs: 0 },
  });
  assert.ok(failureText(cut).length < 700);
});

test("when the signal aborts, what is not cut has failed for its reason, and what is cut is not", async () => {
  const bench = snapshotBench({ slow: { cutMs: 60_000 }, fast: { cutMs: 100 } });
  const reason = new ArkError("Timeout", "max-freeze of 1s passed", { hint: "Allow more." });
  const plans = [aSnapshotPlan("shop/slow"), aSnapshotPlan("shop/fast")];
  const signal = abortsAfter(bench.clock, 1_000, reason);
  const [slow, fast] = await elapse(bench.clock, bench.snapshots.cut(plans, signal));
  assert.ok(slow && fast);
  assert.match(failureText(slow), /^Timeout max-freeze of 1s passed: .*not cut yet Allow more\.$/);
  assert.match(slow.name ?? "", /^ark-slow-/);
  assert.equal(fast.kind, "cut");
  assert.equal(bench.clock.monotonicMs(), 1_000);
});

test("nothing is created once the signal has aborted", async () => {
  const bench = snapshotBench();
  const [cut] = await bench.snapshots.cut([aSnapshotPlan("shop/data")], AbortSignal.abort());
  assert.ok(cut);
  assert.match(failureText(cut), /^Cancelled interrupted/);
  assert.equal(cut.name, undefined);
  assert.deepEqual(bench.cluster.calls, []);
});

test("without a snapshot controller it says so when the time is over", async () => {
  const { cut, bench } = await cutOne({ takenUpMs: Infinity });
  assert.match(
    failureText(cut),
    /^Timeout the snapshot was not cut within 600 s .*snapshot controller runs/,
  );
  assert.ok(bench.cluster.calls.length < 4_000);
});

test("a driver that never cuts is told from a missing controller", async () => {
  const { cut } = await cutOne({ cutMs: Infinity });
  assert.match(failureText(cut), /not cut within 600 s .*csi-snapshotter/);
});

for (const status of [
  null,
  [],
  "ready",
  { creationTime: 5, readyToUse: "true", error: "bad", boundVolumeSnapshotContentName: {} },
  { creationTime: "yesterday", error: [] },
]) {
  test(`a status of wrong types is no word at all: ${JSON.stringify(status)}`, async () => {
    const contentStatus = { creationTime: "1", error: 7 };
    const bench = snapshotBench({ data: { status, contentStatus } }, { snapshotTimeoutMs: 1_000 });
    const cutting = bench.snapshots.cut([aSnapshotPlan("shop/data")], never);
    const [cut] = await elapse(bench.clock, cutting);
    assert.ok(cut);
    assert.match(failureText(cut), /Timeout/);
  });
}

test("a snapshot that is ready is cut, though its driver does not say when", async () => {
  const { cut } = await cutOne({ status: { readyToUse: true }, contentStatus: {} });
  assert.equal(cut.kind === "cut" && cut.creationTime, "");
});

test("the word of a content that belongs to another VolumeSnapshot does not count", async () => {
  const { cut } = await cutOne({ cutMs: Infinity, takenUpMs: Infinity }, ({ cluster }) => {
    const create = cluster.create.bind(cluster);
    cluster.create = async (...call) => {
      const raw = await create(...call);
      cluster.add({
        apiVersion: raw.apiVersion,
        kind: "VolumeSnapshotContent",
        metadata: { name: `snapcontent-${raw.metadata.uid}` },
        spec: { volumeSnapshotRef: { uid: "other" } },
        status: { creationTime: 1767323045123456000 },
      });
      return raw;
    };
  });
  assert.match(failureText(cut), /Timeout/);
});
