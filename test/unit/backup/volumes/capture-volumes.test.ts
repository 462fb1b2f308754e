import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ExecHandler } from "../../../support/memory-cluster.ts";
import { pod } from "../../../support/builders.ts";
import { fails, hooked, succeeds } from "../../../support/guarded-backup.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import {
  app,
  bound,
  errorsOf,
  resultsOf,
  takeVolumes,
  VolumeCluster,
} from "../../../support/volume-backup.ts";

const notQuiesced = "its pods were not quiesced as they should be";
const failsAt =
  (...commands: readonly string[]): ExecHandler =>
  (request, signal) =>
    (commands.includes(request.command.join(" ")) ? fails : succeeds)(request, signal);

const stepsOf = (name: string): string[] => [
  `freeze ${name}`,
  `snapshot ${name}-data`,
  `thaw ${name}`,
];

describe("volumes between the hooks of their pods", () => {
  it("are cut, and the pod is thawed then, not only when they can be used", async () => {
    const cluster = new VolumeCluster({ "*": { cutMs: 400, readyMs: 60_000 } }, app("db"));
    const taken = await takeVolumes(cluster);
    assert.deepEqual(cluster.history, ["freeze db", "snapshot db-data", "thaw db"]);
    assert.equal(cluster.atMs["thaw db"], 400);
    assert.deepEqual(resultsOf(taken), ["shop/db-data captured"]);
    assert.equal(taken.report.phase, "Completed");
    const [block] = (await taken.record()).blocks;
    assert.equal(block?.quiescedSeconds, 0.4);
    assert.equal(block?.thawTimestamp, "2026-01-02T03:04:05.400Z");
    assert.equal(block?.volumes[0]?.snapshot?.readyTimestamp?.startsWith("2026-01-02T03:05"), true);
    assert.equal(cluster.clock.sleeping, 0);
  });

  it("of one pod are cut side by side: the slowest says how long it is frozen", async () => {
    const claims = ["a", "b", "c"];
    const scripts = { a: { cutMs: 300 }, b: { cutMs: 900 }, c: { cutMs: 300 } };
    const cluster = new VolumeCluster(scripts, app("db", claims));
    const taken = await takeVolumes(cluster);
    const cuts = claims.map((name) => `snapshot ${name}`);
    assert.deepEqual(cluster.history, ["freeze db", ...cuts, "thaw db"]);
    assert.deepEqual(
      cuts.map((cut) => cluster.atMs[cut]),
      [0, 0, 0],
    );
    assert.equal(cluster.atMs["thaw db"], 900);
    assert.equal(resultsOf(taken).length, 3);
  });

  it("that two pods share are cut while both are frozen", async () => {
    const pods = [hooked("a", { claims: ["data"] }), hooked("b", { claims: ["data"] })];
    const cluster = new VolumeCluster({}, [...pods, ...bound("shop/data")]);
    const taken = await takeVolumes(cluster);
    const steps = ["freeze a", "freeze b", "snapshot data", "thaw b", "thaw a"];
    assert.deepEqual(cluster.history, steps);
    assert.deepEqual(resultsOf(taken), ["shop/data captured"]);
  });

  it("of blocks with different orders follow each other", async () => {
    const last = { "hook/order": "1" };
    const cluster = new VolumeCluster({}, [...app("a", ["a-data"], last), ...app("b")]);
    await takeVolumes(cluster);
    assert.deepEqual(cluster.history, [...stepsOf("b"), ...stepsOf("a")]);
  });

  it("are captured without a hook, with --hooks=false, and of a completed pod, in which none runs", async () => {
    const done = hooked("db", { claims: ["data"], phase: "Succeeded" });
    for (const [objects, hooks] of [
      [[pod("shop/db", { claims: ["data"] })], null],
      [[hooked("db", { claims: ["data"] })], false],
      [[done], null],
    ] as const) {
      const cluster = new VolumeCluster({}, [...objects, ...bound("shop/data")]);
      const taken = await takeVolumes(cluster, { request: { hooks } });
      assert.deepEqual(cluster.history, ["snapshot data"]);
      assert.deepEqual(resultsOf(taken), ["shop/data captured"]);
      assert.equal(taken.report.phase, "Completed");
    }
  });
});

describe("volumes whose pods are not quiesced as they should be", () => {
  it("are not captured after a pre hook that failed with Fail; the claim is stored once, without a snapshot", async () => {
    const cluster = new VolumeCluster({}, app("db"));
    cluster.onHook = failsAt("freeze db");
    const taken = await takeVolumes(cluster);
    assert.deepEqual(cluster.history, ["freeze db", "thaw db"]);
    assert.deepEqual(resultsOf(taken), [`shop/db-data failed: ${notQuiesced}`]);
    assert.equal(taken.report.itemCounts["persistentvolumeclaims"], 1);
    const stored = (await taken.entries()).get(
      "resources/persistentvolumeclaims/namespaces/shop/db-data.json",
    );
    assert.deepEqual(stored, cluster.find("persistentvolumeclaims", "db-data", "shop"));
    assert.equal(errorsOf(taken).filter((line) => line.includes("nor is the data")).length, 1);
    assert.equal(taken.report.errors.length, 2);
  });

  it("are not captured where another pod shares them, but its own ones are", async () => {
    const pods = [hooked("a", { claims: ["shared"] }), hooked("b", { claims: ["shared", "own"] })];
    const objects = [...pods, ...bound("shop/shared"), ...bound("shop/own")];
    const cluster = new VolumeCluster({}, objects);
    cluster.onHook = failsAt("freeze a");
    const taken = await takeVolumes(cluster);
    assert.deepEqual(resultsOf(taken), ["shop/own captured", `shop/shared failed: ${notQuiesced}`]);
    const steps = ["freeze a", "freeze b", "snapshot own", "thaw b", "thaw a"];
    assert.deepEqual(cluster.history, steps);
    const [block] = (await taken.record()).blocks;
    assert.equal(block?.quiescedTimestamp, undefined);
  });

  it("are captured after a pre hook that failed with Continue, which is an error all the same", async () => {
    const cluster = new VolumeCluster({}, app("db", ["data"], { "pre.hook/on-error": "Continue" }));
    cluster.onHook = failsAt("freeze db");
    const taken = await takeVolumes(cluster);
    assert.deepEqual(cluster.history, ["freeze db", "snapshot data", "thaw db"]);
    assert.deepEqual(resultsOf(taken), ["shop/data captured"]);
    assert.equal(taken.report.phase, "PartiallyFailed");
  });

  it("are captured when only a post hook fails, which is an error", async () => {
    const cluster = new VolumeCluster({}, app("db"));
    cluster.onHook = failsAt("thaw db");
    const taken = await takeVolumes(cluster);
    assert.deepEqual(resultsOf(taken), ["shop/db-data captured"]);
    assert.equal(taken.report.phase, "PartiallyFailed");
    assert.match(errorsOf(taken).join(), /^shop\/db: post hook .* failed/);
  });

  for (const what of ["is gone", "was replaced"]) {
    it(`are not captured when the pod ${what} before its hooks`, async () => {
      const cluster = new VolumeCluster({}, app("db"));
      const replacement = { ...hooked("db", { claims: ["db-data"] }), metadata: newMetadata };
      const observe = ({ kind }: { readonly kind: string }): void => {
        if (kind !== "blocks-found") return;
        const target = { namespace: "shop", name: "db" };
        if (what === "was replaced") cluster.add(replacement);
        else void cluster.delete(cluster.resource("pods"), target, new AbortController().signal);
      };
      const taken = await takeVolumes(cluster, { observe });
      assert.deepEqual(cluster.history, []);
      assert.deepEqual(resultsOf(taken), [`shop/db-data failed: ${notQuiesced}`]);
      assert.equal(taken.report.itemCounts["persistentvolumeclaims"], 1);
      assert.match(errorsOf(taken).join(), /^shop\/db: .*(not found|was replaced)/);
    });
  }

  const newMetadata = { namespace: "shop", name: "db", uid: "another" };
});

describe("a snapshot that is not cut", () => {
  it("because it has failed: thawed at once, an error with the driver's words, and nothing is left", async () => {
    const error = { fromMs: 200, message: "no space left on the array" };
    const cluster = new VolumeCluster({ "db-data": { error, cutMs: Infinity } }, app("db"));
    const taken = await takeVolumes(cluster);
    assert.deepEqual(cluster.history.slice(0, 3), ["freeze db", "snapshot db-data", "thaw db"]);
    assert.equal(cluster.atMs["thaw db"], 200);
    const message = "the snapshot has failed: no space left on the array";
    assert.deepEqual(errorsOf(taken), [`shop/db-data: its volume was not captured: ${message}`]);
    assert.deepEqual(resultsOf(taken), [`shop/db-data failed: ${message}`]);
    assert.deepEqual(await cluster.leftovers(), []);
    assert.equal(taken.report.phase, "PartiallyFailed");
    const items = await taken.items();
    assert.equal(items.filter((item) => item.startsWith("volumesnapshot")).length, 1, "the class");
    assert.ok(items.includes("persistentvolumeclaims shop/db-data"));
  });

  it("in time: thawed when the time is over, and removed", async () => {
    const cluster = new VolumeCluster({ "*": { takenUpMs: Infinity } }, app("db"));
    const taken = await takeVolumes(cluster, { request: { snapshotTimeoutMs: 5_000 } });
    assert.equal(cluster.atMs["thaw db"], 5_000);
    assert.match(resultsOf(taken).join(), /failed: the snapshot was not cut within 5 s/);
    assert.deepEqual(await cluster.leftovers(), []);
  });

  it("because it is refused: the others of the pod are captured", async () => {
    const cluster = new VolumeCluster({}, app("db", ["a", "b"]));
    const error = new ArkError("Forbidden", "exceeded quota: snapshots");
    const resource = "volumesnapshots.snapshot.storage.k8s.io";
    cluster.fail({ verb: "create", resource, error, times: 1 });
    const observed: string[] = [];
    const taken = await takeVolumes(cluster, { observe: ({ kind }) => observed.push(kind) });
    assert.deepEqual(resultsOf(taken), [
      "shop/a failed: exceeded quota: snapshots",
      "shop/b captured",
    ]);
    const told = observed.filter((kind) => kind.startsWith("snapshot-"));
    assert.deepEqual(told.toSorted(), ["snapshot-cut", "snapshot-failed"]);
  });
});
