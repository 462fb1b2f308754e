import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubernetesObject } from "../../../../src/cluster/cluster.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import {
  findByBackup,
  findLeftovers,
  removeLeftovers,
} from "../../../../src/volumes/snapshots/leftovers.ts";
import { ownedMetadata } from "../../../../src/volumes/owned-labels.ts";
import {
  VOLUME_SNAPSHOT_CONTENTS,
  VOLUME_SNAPSHOTS,
} from "../../../../src/volumes/snapshot-kinds.ts";
import { claim, object, pod } from "../../../support/builders.ts";
import {
  aMark,
  aSnapshotPlan,
  elapse,
  never,
  snapshotBench,
  toolsOf,
  type SnapshotBench,
} from "../../../support/snapshot-builders.ts";

const API = "snapshot.storage.k8s.io/v1";
const everywhere = { namespaces: undefined };
const clients: Record<string, "alive" | "gone" | "unknown"> = { "host/1": "gone" };

function toolsWith(
  { tools }: SnapshotBench,
  states = clients,
): Parameters<typeof findLeftovers>[1] {
  const stateOf = (client: string): "alive" | "gone" | "unknown" => states[client] ?? "unknown";
  return { ...tools, clientProcess: { self: "host/2", stateOf } };
}

/** Snapshots of a run that died after it had settled them. */
async function abandoned(...claims: string[]): Promise<SnapshotBench> {
  const bench = snapshotBench();
  const cutting = bench.snapshots.cut(
    claims.map((path) => aSnapshotPlan(path)),
    never,
  );
  const cuts = await elapse(bench.clock, cutting);
  for (const cut of cuts) await elapse(bench.clock, bench.snapshots.settle(cut, never));
  return bench;
}

function owned(path: string, changes: Record<string, unknown> = {}): KubernetesObject {
  const { labels, annotations } = ownedMetadata(aMark);
  return object(API, "VolumeSnapshot", path, {
    metadata: { labels, annotations, ...changes },
    spec: { source: { persistentVolumeClaimName: "data" } },
  });
}

test("what a dead run has left is found, a content only where its VolumeSnapshot is gone, and removed", async () => {
  const bench = await abandoned("shop/a", "bank/b");
  const [name = ""] = await bench.cluster.names(VOLUME_SNAPSHOTS);
  const [, other = ""] = await bench.cluster.names(VOLUME_SNAPSHOTS);
  const namespace = bench.cluster.find(VOLUME_SNAPSHOTS, name, "shop") ? "shop" : "bank";
  await bench.cluster.delete(bench.kinds.snapshots, { namespace, name }, never);
  const { metadata } = ownedHelper();
  bench.cluster.add(pod("shop/helper", {}, { metadata }), claim("shop/helper", "pv", { metadata }));
  const { found, unsearched } = await findLeftovers(everywhere, toolsWith(bench), never);
  assert.deepEqual(unsearched, []);
  assert.deepEqual(
    found.map((each) => [each.groupResource, each.backup]),
    [
      ["pods", "nightly"],
      ["persistentvolumeclaims", "nightly"],
      [VOLUME_SNAPSHOTS, "nightly"],
      [VOLUME_SNAPSHOT_CONTENTS, "nightly"],
    ],
  );
  assert.equal(found[2]?.name, other);
  const removals = await elapse(bench.clock, removeLeftovers(found, bench.tools, never));
  assert.deepEqual(
    removals.map(({ result }) => result),
    Array(4).fill("removed"),
  );
  assert.deepEqual(await bench.cluster.names(VOLUME_SNAPSHOTS), []);
  assert.deepEqual(await bench.cluster.names(VOLUME_SNAPSHOT_CONTENTS), []);
  assert.equal(bench.cluster.storage.size, 0);
  assert.equal(bench.cluster.find("pods", "helper", "shop"), undefined);
});

function ownedHelper(): { metadata: ReturnType<typeof ownedMetadata> } {
  return { metadata: ownedMetadata(aMark) };
}

test("what a published backup keeps, and what a living client makes, is no leftover", async () => {
  const bench = await abandoned("shop/a");
  const alive = toolsWith(bench, { "host/1": "alive" });
  assert.deepEqual((await findLeftovers(everywhere, alive, never)).found, []);
  await bench.snapshots.keep(never);
  assert.deepEqual((await findLeftovers(everywhere, toolsWith(bench), never)).found, []);
});

test("of a client that cannot be asked, only what is older than a day is a leftover", async () => {
  const bench = snapshotBench();
  bench.cluster.add(
    owned("shop/old", { creationTimestamp: "2026-01-01T03:04:04Z" }),
    owned("shop/new", { creationTimestamp: "2026-01-01T03:04:06Z" }),
    owned("shop/undated"),
    owned("shop/garbled", { creationTimestamp: "long ago" }),
    owned("shop/nobody", { annotations: {}, creationTimestamp: "2026-01-02T03:04:04Z" }),
  );
  const { found } = await findLeftovers(everywhere, toolsWith(bench, {}), never);
  assert.deepEqual(
    found.map(({ name }) => name),
    ["old"],
  );
});

test("copies that a restore has made of the archive's objects are never leftovers", async () => {
  const bench = snapshotBench();
  const { labels, annotations } = ownedMetadata(aMark);
  const restoreLabels = { ...labels, "velero.io/restore-name": "r" };
  bench.cluster.add(
    owned("shop/by-velero", { labels: restoreLabels }),
    object(API, "VolumeSnapshot", "shop/by-hand", {
      metadata: { labels, annotations },
      spec: { source: { volumeSnapshotContentName: "by-hand" } },
    }),
    object(API, "VolumeSnapshotContent", "by-hand", {
      metadata: { labels, annotations },
      spec: { source: { snapshotHandle: "snapshot-1" }, volumeSnapshotRef: { namespace: "shop" } },
    }),
  );
  assert.deepEqual((await findLeftovers(everywhere, toolsWith(bench), never)).found, []);
  assert.deepEqual((await findByBackup("nightly", everywhere, bench.tools, never)).found, []);
});

test("only the named namespaces are looked through, for contents by their VolumeSnapshot", async () => {
  const bench = await abandoned("shop/a", "bank/b");
  const { found } = await findLeftovers({ namespaces: ["bank"] }, toolsWith(bench), never);
  assert.deepEqual(
    found.map(({ namespace }) => namespace),
    ["bank"],
  );
  for (const { namespace, name } of found) {
    await bench.cluster.delete(bench.kinds.snapshots, { namespace, name }, never);
  }
  const again = await findLeftovers({ namespaces: ["bank", "bank"] }, toolsWith(bench), never);
  assert.deepEqual(
    again.found.map(({ groupResource }) => groupResource),
    [VOLUME_SNAPSHOT_CONTENTS],
  );
  const elsewhere = await findLeftovers({ namespaces: ["other"] }, toolsWith(bench), never);
  assert.deepEqual(elsewhere.found, []);
});

test("what must not be listed is told, and the rest is found", async () => {
  const bench = await abandoned("shop/a");
  const error = new ArkError("Forbidden", "cannot list pods");
  bench.cluster.fail({ verb: "list", resource: "pods", error });
  const { found, unsearched } = await findLeftovers(everywhere, toolsWith(bench), never);
  assert.equal(found.length, 1);
  assert.deepEqual(unsearched, [
    { groupResource: "pods", namespace: undefined, message: "cannot list pods" },
  ]);
});

test("a search that is interrupted says so", async () => {
  const bench = await abandoned("shop/a");
  const searching = findLeftovers(everywhere, toolsWith(bench), AbortSignal.abort());
  await assert.rejects(searching, { code: "Cancelled" });
});

test("a cluster without a snapshot API has pods and claims to look through, and that is all", async () => {
  const bench = snapshotBench();
  const findResource = (name: string) =>
    name.includes("snapshot") ? undefined : bench.tools.findResource(name);
  const tools = { ...toolsWith(bench), findResource };
  bench.cluster.add(pod("shop/helper", {}, ownedHelper()));
  const { found, unsearched } = await findLeftovers(everywhere, tools, never);
  assert.deepEqual([found.length, unsearched], [1, []]);
  const removals = await elapse(bench.clock, removeLeftovers(found, tools, never));
  assert.equal(removals[0]?.result, "removed");
});

test("by its name everything of a backup is found, kept or not, and of no other one", async () => {
  const bench = await abandoned("shop/a");
  await bench.snapshots.keep(never);
  const long = { ...aMark, backup: `${"n".repeat(80)}-1` };
  const { labels, annotations } = ownedMetadata(long);
  bench.cluster.add(owned("shop/b", { labels, annotations }), owned("shop/pending"));
  const names = async (backup: string): Promise<number> =>
    (await findByBackup(backup, everywhere, bench.tools, never)).found.length;
  assert.equal(await names("nightly"), 2);
  assert.equal(await names(long.backup), 1);
  assert.equal(await names(`${"n".repeat(80)}-2`), 0);
});

test("an object that has taken the place of a leftover is left alone", async () => {
  const bench = await abandoned("shop/a");
  const { found } = await findLeftovers(everywhere, toolsWith(bench), never);
  const [leftover] = found;
  assert.ok(leftover);
  const old = { ...leftover, uid: "another" };
  const helper = { ...old, groupResource: "pods", name: "helper" };
  bench.cluster.add(pod("shop/helper"));
  const removals = await elapse(bench.clock, removeLeftovers([old, helper], bench.tools, never));
  assert.deepEqual(
    removals.map(({ result }) => result),
    ["gone", "gone"],
  );
  assert.deepEqual(await bench.cluster.names(VOLUME_SNAPSHOTS), [leftover.name]);
  assert.ok(bench.cluster.find("pods", "helper", "shop"));
});

test("200 leftovers are removed in one go, and one that is refused says why", async () => {
  const bench = snapshotBench();
  const names = Array.from({ length: 200 }, (_, index) => `s${index}`);
  bench.cluster.add(...names.map((name) => owned(`shop/${name}`)));
  const { found } = await findLeftovers(everywhere, toolsWith(bench), never);
  const error = new ArkError("Forbidden", "cannot delete", { hint: "Ask." });
  bench.cluster.fail({ verb: "delete", name: "s7", error });
  const tools = toolsOf(bench.cluster, bench.clock);
  const removals = await elapse(bench.clock, removeLeftovers(found, tools, never));
  const left = removals.filter(({ result }) => result !== "removed");
  assert.deepEqual(
    left.map(({ leftover, result, message, hint }) => [leftover.name, result, message, hint]),
    [["s7", "left", "cannot delete", "Ask."]],
  );
});
