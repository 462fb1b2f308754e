import assert from "node:assert/strict";
import { test } from "node:test";
import { ArkError } from "../../../../src/lib/errors.ts";
import type { SnapshotPlan } from "../../../../src/volumes/claim-volume.ts";
import {
  VOLUME_GROUP_SNAPSHOT_CONTENTS,
  VOLUME_GROUP_SNAPSHOTS,
} from "../../../../src/volumes/groups/group-kinds.ts";
import { findLeftovers, removeLeftovers } from "../../../../src/volumes/snapshots/leftovers.ts";
import { fieldsAt, textsIn } from "../../../../src/volumes/object-fields.ts";
import {
  VOLUME_SNAPSHOT_CONTENTS,
  VOLUME_SNAPSHOTS,
} from "../../../../src/volumes/snapshot-kinds.ts";
import type {
  SettledSnapshot,
  SnapshotCut,
} from "../../../../src/volumes/snapshots/volume-snapshots.ts";
import { claim } from "../../../support/builders.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { GroupCluster, type GroupScript } from "../../../support/memory-group-controller.ts";
import {
  abortsAfter,
  aSnapshotPlan,
  elapse,
  never,
  snapshotBench,
  type SnapshotBench,
} from "../../../support/snapshot-builders.ts";

const label = { key: "velero.io/volume-group", value: "ledger" };

function member(path: string, claims: readonly string[] = ["data", "log"]): SnapshotPlan {
  const group = { className: "groups", label, claims };
  return { ...aSnapshotPlan(path), method: { kind: "snapshot", className: "fast", group } };
}

type GroupBench = SnapshotBench & { readonly groups: GroupCluster };

function groupBench(
  script: GroupScript = {},
  claims: readonly string[] = ["data", "log"],
): GroupBench {
  const groups = new GroupCluster(new FakeClock(), script);
  for (const name of claims) {
    groups.addClaim(
      claim(`shop/${name}`, "pv", { metadata: { labels: { [label.key]: label.value } } }),
    );
  }
  return { ...snapshotBench({}, { cluster: groups }), groups };
}

const both = [member("shop/data"), member("shop/log")];

async function settleAll(
  bench: SnapshotBench,
  cuts: readonly SnapshotCut[],
): Promise<readonly SettledSnapshot[]> {
  return elapse(bench.clock, Promise.all(cuts.map((cut) => bench.snapshots.settle(cut, never))));
}

async function leftIn({ cluster }: SnapshotBench): Promise<number[]> {
  const kinds = [
    VOLUME_GROUP_SNAPSHOTS,
    VOLUME_GROUP_SNAPSHOT_CONTENTS,
    VOLUME_SNAPSHOTS,
    VOLUME_SNAPSHOT_CONTENTS,
  ];
  const counts = await Promise.all(kinds.map((kind) => cluster.names(kind)));
  return [...counts.map((names) => names.length), cluster.storage.size];
}

test("the volumes of a group are cut by one VolumeGroupSnapshot, at one time", async () => {
  const bench = groupBench();
  const cuts = await elapse(bench.clock, bench.snapshots.cut(both, never));
  assert.deepEqual(
    cuts.map((cut) => [cut.plan.claim, cut.kind, cut.kind === "cut" && cut.creationTime]),
    [
      ["data", "cut", "2026-01-02T03:04:05Z"],
      ["log", "cut", "2026-01-02T03:04:05Z"],
    ],
  );
  const creations = bench.cluster.calls.filter((call) => call.startsWith("create"));
  assert.equal(creations.length, 1);
  const [name = ""] = await bench.cluster.names(VOLUME_GROUP_SNAPSHOTS);
  const group = bench.cluster.find(VOLUME_GROUP_SNAPSHOTS, name, "shop");
  assert.partialDeepStrictEqual(group, {
    metadata: { labels: { "kubectl-ark/state": "pending" } },
    spec: {
      volumeGroupSnapshotClassName: "groups",
      source: { selector: { matchLabels: { [label.key]: "ledger" } } },
    },
  });
});

test("settled, the members are snapshots like all others, and the group is gone without taking them along", async () => {
  const bench = groupBench();
  const cuts = await elapse(bench.clock, bench.snapshots.cut(both, never));
  const settled = await settleAll(bench, cuts);
  for (const each of settled) {
    assert.ok(each.kind === "ready", JSON.stringify(each));
    assert.ok(each.ready.content);
    const snapshot = bench.cluster.find(VOLUME_SNAPSHOTS, each.cut.name, "shop");
    assert.ok(snapshot);
    assert.deepEqual(snapshot.metadata.ownerReferences, []);
    assert.deepEqual(textsIn(fieldsAt(snapshot, "metadata"), "finalizers"), ["other"]);
    assert.equal(snapshot.metadata.labels?.["velero.io/backup-name"], "nightly");
  }
  assert.deepEqual(await leftIn(bench), [0, 0, 2, 2, 2]);
  await bench.snapshots.keep(never);
  assert.deepEqual(await elapse(bench.clock, bench.snapshots.discard()), []);
  assert.deepEqual(await leftIn(bench), [0, 0, 0, 0, 0]);
});

test("a claim with the group's label that is not in the backup keeps no snapshot", async () => {
  const bench = groupBench({}, ["data", "log", "other"]);
  const cuts = await elapse(bench.clock, bench.snapshots.cut(both, never));
  assert.deepEqual(await leftIn(bench), [1, 1, 3, 3, 3]);
  await settleAll(bench, cuts);
  assert.deepEqual(await leftIn(bench), [0, 0, 2, 2, 2]);
});

test("a group of which only a part is quiesced now is cut volume by volume", async () => {
  const bench = groupBench();
  const cuts = await elapse(bench.clock, bench.snapshots.cut([member("shop/data")], never));
  assert.deepEqual(
    cuts.map(({ kind }) => kind),
    ["cut"],
  );
  assert.deepEqual(await bench.cluster.names(VOLUME_GROUP_SNAPSHOTS), []);
});

test("plans keep their order beside those without a group", async () => {
  const bench = groupBench();
  const plans = [aSnapshotPlan("shop/x"), ...both, aSnapshotPlan("shop/y")];
  const cuts = await elapse(bench.clock, bench.snapshots.cut(plans, never));
  assert.deepEqual(
    cuts.map(({ plan }) => plan.claim),
    ["x", "data", "log", "y"],
  );
  assert.ok(cuts.every(({ kind }) => kind === "cut"));
});

test("a group that fails has failed for all of its claims, and is removed once", async () => {
  const bench = groupBench({ error: "rpc error: code = Internal desc = no" });
  const cuts = await elapse(bench.clock, bench.snapshots.cut(both, never));
  for (const cut of cuts) assert.match(cut.kind === "failed" ? cut.message : "", /desc = no/);
  const settled = await settleAll(bench, cuts);
  assert.deepEqual(
    settled.map(({ kind }) => kind),
    ["failed", "failed"],
  );
  assert.deepEqual(await leftIn(bench), [0, 0, 0, 0, 0]);
});

test("aborted at any moment, nothing is left after discarding", async () => {
  for (const ms of [1, 250, 350, 450]) {
    const bench = groupBench();
    const reason = new ArkError("Timeout", "max-freeze passed");
    const signal = abortsAfter(bench.clock, ms, reason);
    const cuts = await elapse(bench.clock, bench.snapshots.cut(both, signal), 10);
    assert.equal(cuts.length, 2);
    assert.deepEqual(await elapse(bench.clock, bench.snapshots.discard()), []);
    assert.deepEqual(await leftIn(bench), [0, 0, 0, 0, 0], `${ms} ms`);
  }
});

test("without the right to change the group's content the group has failed, and goes as a whole", async () => {
  const bench = groupBench();
  const error = new ArkError("Forbidden", "cannot patch");
  bench.cluster.fail({ verb: "patch", resource: VOLUME_GROUP_SNAPSHOT_CONTENTS, error });
  const cuts = await elapse(bench.clock, bench.snapshots.cut(both, never));
  const settled = await settleAll(bench, cuts);
  assert.deepEqual(
    settled.map((each) => each.kind === "failed" && each.failure.message),
    ["cannot patch", "cannot patch"],
  );
  assert.deepEqual(await leftIn(bench), [0, 0, 0, 0, 0]);
});

test("a group that a dead run has left is found and removed with its members", async () => {
  const bench = groupBench();
  await elapse(bench.clock, bench.snapshots.cut(both, never));
  const clientProcess = { self: "x", stateOf: () => "gone" as const };
  const tools = { ...bench.tools, clientProcess };
  const { found } = await findLeftovers({ namespaces: ["shop"] }, tools, never);
  assert.deepEqual(
    found.map(({ groupResource }) => groupResource),
    [VOLUME_GROUP_SNAPSHOTS],
  );
  const removals = await elapse(bench.clock, removeLeftovers(found, tools, never));
  assert.deepEqual(
    removals.map(({ result }) => result),
    ["removed"],
  );
  await bench.clock.advance(1_000);
  assert.deepEqual(await leftIn(bench), [0, 0, 0, 0, 0]);
});
