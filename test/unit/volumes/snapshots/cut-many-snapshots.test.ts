import assert from "node:assert/strict";
import { test } from "node:test";
import { ArkError } from "../../../../src/lib/errors.ts";
import { VOLUME_SNAPSHOTS } from "../../../../src/volumes/snapshot-kinds.ts";
import {
  abortsAfter,
  aSnapshotPlan,
  elapse,
  never,
  snapshotBench,
} from "../../../support/snapshot-builders.ts";

const manyPlans = Array.from({ length: 200 }, (_, index) =>
  aSnapshotPlan(`${index % 2 ? "shop" : "bank"}/data-${index}`),
);

test("200 claims are cut side by side, with one list for each namespace and look", async () => {
  const bench = snapshotBench({ "*": { cutMs: 400 } });
  const cuts = await elapse(bench.clock, bench.snapshots.cut(manyPlans, never));
  assert.deepEqual(
    cuts.map(({ plan, kind }) => [plan.claim, kind]),
    manyPlans.map(({ claim }) => [claim, "cut"]),
  );
  assert.equal(new Set(cuts.map(({ name }) => name)).size, 200);
  assert.ok(bench.clock.monotonicMs() < 600);
  const { calls } = bench.cluster;
  assert.equal(calls.filter((call) => call.startsWith(`get ${VOLUME_SNAPSHOTS}`)).length, 0);
  assert.ok(calls.filter((call) => call.startsWith("list")).length <= 20);
});

test("where lists are forbidden each is read by itself, and no list is asked for again", async () => {
  const bench = snapshotBench({ "*": { cutMs: 400 } });
  const error = new ArkError("Forbidden", "no");
  bench.cluster.fail({ verb: "list", resource: VOLUME_SNAPSHOTS, namespace: "bank", error });
  const cuts = await elapse(bench.clock, bench.snapshots.cut(manyPlans, never));
  assert.ok(cuts.every(({ kind }) => kind === "cut"));
  const lists = bench.cluster.calls.filter((call) => call.startsWith("list"));
  assert.equal(lists.filter((call) => call.endsWith("bank")).length, 1);
});

test("one that fails does not end the others", async () => {
  const bad = { cutMs: Infinity, error: { message: "no space", fromMs: 0 } };
  const bench = snapshotBench({ "data-7": bad, "*": { cutMs: 400 } });
  const cuts = await elapse(bench.clock, bench.snapshots.cut(manyPlans, never));
  assert.deepEqual(
    cuts.filter(({ kind }) => kind === "failed").map(({ plan }) => plan.claim),
    ["data-7"],
  );
});

test("aborted at any moment, every plan has a result and no timer is left", async () => {
  for (const ms of [1, 51, 399, 401, 450]) {
    const bench = snapshotBench({ "*": { cutMs: 400 } });
    const signal = abortsAfter(bench.clock, ms);
    const cuts = await elapse(bench.clock, bench.snapshots.cut(manyPlans, signal), 1);
    assert.equal(cuts.length, 200);
    assert.equal(
      cuts.every(({ kind }) => kind === "failed"),
      ms < 400,
      `${ms} ms`,
    );
    if (bench.clock.sleeping > 0) await bench.clock.advance(1_000);
    assert.equal(bench.clock.sleeping, 0);
  }
});

test("a refusal to create is a failure without a name, and what the server says about it is kept", async () => {
  const refusals: [ArkError, RegExp][] = [
    [new ArkError("Forbidden", "cannot create", { hint: "Ask for it." }), /Ask for it/],
    [new ArkError("Forbidden", 'exceeded quota: few, requested: count=1"'), /larger quota/],
    [
      new ArkError("RequestRejected", 'admission webhook "deny.example.com" denied the request'),
      /webhook deny\.example\.com refuses/,
    ],
  ];
  for (const [error, hint] of refusals) {
    const bench = snapshotBench();
    bench.cluster.fail({ verb: "create", error });
    const [cut] = await bench.snapshots.cut([aSnapshotPlan("shop/data")], never);
    assert.ok(cut?.kind === "failed");
    assert.equal(cut.name, undefined);
    assert.equal(cut.code, error.code);
    assert.match(cut.hint ?? "", hint);
  }
});

test("when the answer to a creation is lost, the snapshot is found and waited for", async () => {
  const bench = snapshotBench();
  bench.cluster.answersToLose = 1;
  const cutting = bench.snapshots.cut([aSnapshotPlan("shop/data")], never);
  const [cut] = await elapse(bench.clock, cutting);
  assert.equal(cut?.kind, "cut");
  assert.equal((await bench.cluster.names(VOLUME_SNAPSHOTS)).length, 1);
});

test("a creation that came to nothing keeps its name, because it may have happened", async () => {
  const bench = snapshotBench();
  bench.cluster.fail({ verb: "create", error: new ArkError("Timeout", "no answer") });
  const [cut] = await bench.snapshots.cut([aSnapshotPlan("shop/data")], never);
  assert.ok(cut?.kind === "failed");
  assert.match(cut.name ?? "", /^ark-data-/);
  assert.equal(cut.message, "no answer");
});

test("two reads that fail say nothing, three are a failure", async () => {
  const error = new ArkError("ClusterUnreachable", "connection reset");
  for (const [times, kind] of [
    [2, "cut"],
    [3, "failed"],
  ] as const) {
    const bench = snapshotBench();
    bench.cluster.fail({ verb: "get", resource: VOLUME_SNAPSHOTS, error, times });
    const cutting = bench.snapshots.cut([aSnapshotPlan("shop/data")], never);
    const [cut] = await elapse(bench.clock, cutting);
    assert.equal(cut?.kind, kind);
  }
});

test("without the right to read VolumeSnapshots it is a failure at once", async () => {
  const bench = snapshotBench({ data: { cutMs: 60_000 } });
  const error = new ArkError("Forbidden", "cannot get");
  bench.cluster.fail({ verb: "get", resource: VOLUME_SNAPSHOTS, error });
  const [cut] = await elapse(bench.clock, bench.snapshots.cut([aSnapshotPlan("shop/data")], never));
  assert.equal(cut?.kind === "failed" && cut.code, "Forbidden");
  assert.ok(bench.clock.monotonicMs() <= 100);
});

test("a snapshot that someone deletes meanwhile has failed", async () => {
  const bench = snapshotBench({ data: { cutMs: 60_000 } });
  const cutting = bench.snapshots.cut([aSnapshotPlan("shop/data")], never);
  await bench.clock.whenSleeping();
  const [name = ""] = await bench.cluster.names(VOLUME_SNAPSHOTS);
  await bench.cluster.delete(bench.kinds.snapshots, { namespace: "shop", name }, never);
  const [cut] = await elapse(bench.clock, cutting);
  assert.equal(
    cut?.kind === "failed" && cut.message,
    "the VolumeSnapshot was deleted by someone else",
  );
});

test("names fit into a label however long the claim's name is, and are valid", async () => {
  const bench = snapshotBench();
  const plans = [aSnapshotPlan(`shop/${"a.".repeat(120)}b`), aSnapshotPlan("shop/data.db-0")];
  const cuts = await elapse(bench.clock, bench.snapshots.cut(plans, never));
  for (const { name = "" } of cuts) {
    assert.match(name, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
    assert.ok(name.length <= 63, name);
  }
});
