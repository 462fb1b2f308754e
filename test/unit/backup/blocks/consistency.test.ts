import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hasCode } from "../../../../src/lib/errors.ts";
import type { KubernetesObject } from "../../../../src/cluster/cluster.ts";
import { hookAnnotations } from "../../../support/backup-builders.ts";
import { namespace, pod } from "../../../support/builders.ts";
import { fails, hooked, succeeds } from "../../../support/guarded-backup.ts";
import {
  app,
  bound,
  errorsOf,
  resultsOf,
  takeVolumes,
  VolumeCluster,
} from "../../../support/volume-backup.ts";

const wide = { consistency: "namespace", parallelism: 4 } as const;
const notQuiesced = "its pods were not quiesced as they should be";
const ordered = (name: string, order: number): KubernetesObject[] =>
  app(name, [`${name}-data`], { "hook/order": String(order) });

/** A pod "namespace/name" with hooks and a claim of its name. */
function appIn(path: string): KubernetesObject[] {
  const name = path.split("/")[1] ?? "";
  const commands = { pre: `["freeze","${path}"]`, post: `["thaw","${path}"]` };
  return [pod(path, { claims: [name], annotations: hookAnnotations(commands) }), ...bound(path)];
}

describe("--consistency namespace", () => {
  it("quiesces all pods by order, cuts all volumes, then thaws in reverse", async () => {
    const objects = [...ordered("web", 1), ...ordered("db", 3), ...ordered("queue", 2)];
    const cluster = new VolumeCluster({ "*": { cutMs: 500 } }, objects);
    const taken = await takeVolumes(cluster, { request: wide });
    const { history, atMs } = cluster;
    assert.deepEqual(history.slice(0, 3), ["freeze web", "freeze queue", "freeze db"]);
    const cuts = ["snapshot db-data", "snapshot queue-data", "snapshot web-data"];
    assert.deepEqual(history.slice(3, 6).toSorted(), cuts);
    assert.deepEqual(history.slice(6), ["thaw db", "thaw queue", "thaw web"]);
    assert.ok(["thaw db", "thaw queue", "thaw web"].every((step) => atMs[step] === 500));
    assert.deepEqual(resultsOf(taken), [
      "shop/db-data captured",
      "shop/queue-data captured",
      "shop/web-data captured",
    ]);
    assert.equal(taken.report.phase, "Completed");
    assert.equal((await taken.record()).blocks.length, 1);
  });

  it("takes pods of one order side by side, as many as parallelism says, and waits for them before the next order", async () => {
    const first = ["a", "b", "c", "d", "e"];
    const objects = [...first.flatMap((name) => ordered(name, 0)), ...ordered("z", 1)];
    const cluster = new VolumeCluster({}, objects);
    let [underWay, most] = [0, 0];
    cluster.onHook = async ({ command }) => {
      underWay += 1;
      if (command[0] === "freeze") most = Math.max(most, underWay);
      if (command[1] === "z" && command[0] === "freeze") assert.equal(underWay, 1);
      await cluster.clock.sleep(1_000);
      underWay -= 1;
      return { kind: "exited", exitCode: 0 };
    };
    await takeVolumes(cluster, { request: { ...wide, parallelism: 3 } });
    assert.equal(most, 3);
    assert.equal(cluster.atMs["freeze z"], 2_000);
    assert.equal(cluster.atMs["snapshot a-data"], 3_000);
    const thaws = cluster.history.filter((step) => step.startsWith("thaw"));
    assert.equal(thaws[0], "thaw z");
    const steps = first.map((name) => `thaw ${name}`);
    assert.deepEqual(thaws.slice(1).toSorted(), steps);
    assert.equal(new Set(steps.map((step) => cluster.atMs[step])).size, 1, "thawed side by side");
  });

  it("is one failure when a pod cannot be quiesced: no later one is frozen, all are thawed, nothing is captured", async () => {
    const objects = [
      ...ordered("a", 0),
      ...ordered("b", 1),
      ...ordered("c", 2),
      ...bound("shop/x"),
    ];
    const cluster = new VolumeCluster({}, objects);
    cluster.onHook = (request, signal) =>
      (request.command.join(" ") === "freeze b" ? fails : succeeds)(request, signal);
    const taken = await takeVolumes(cluster, { request: wide });
    assert.deepEqual(cluster.history, ["freeze a", "freeze b", "thaw b", "thaw a"]);
    const claims = ["a-data", "b-data", "c-data", "x"];
    assert.deepEqual(
      resultsOf(taken),
      claims.map((name) => `shop/${name} failed: ${notQuiesced}`),
    );
    const ofScope = errorsOf(taken).filter((line) => line.includes("--consistency namespace"));
    assert.deepEqual(ofScope, [
      "no volume of namespace shop was captured (--consistency namespace), because not all of its pods could be quiesced: shop/b",
    ]);
    const pods = (await taken.items()).filter((item) => item.startsWith("pods"));
    assert.deepEqual(pods, ["pods shop/a", "pods shop/c"], "c was never frozen");
    assert.equal(taken.report.errors.length, 3, "the hook, the pod, the scope");
    assert.equal(taken.report.itemCounts["persistentvolumeclaims"], 4);
    assert.equal(taken.report.itemCounts["persistentvolumes"], 4);
    assert.deepEqual(await cluster.leftovers(), []);
  });

  it("lets pods of the same order that were begun come to their end when one of them fails", async () => {
    const cluster = new VolumeCluster(
      {},
      ["a", "b", "c"].flatMap((name) => ordered(name, 0)),
    );
    cluster.onHook = (request, signal) =>
      (request.command.join(" ") === "freeze a" ? fails : succeeds)(request, signal);
    const taken = await takeVolumes(cluster, { request: { ...wide, parallelism: 2 } });
    const begun = (word: string): number =>
      cluster.history.filter((step) => step.startsWith(word)).length;
    assert.deepEqual([begun("freeze"), begun("thaw"), begun("snapshot")], [3, 3, 0]);
    assert.equal(resultsOf(taken).filter((line) => line.endsWith(notQuiesced)).length, 3);
  });

  it("goes on after a pre hook that failed with Continue", async () => {
    const objects = [
      ...app("a", ["a-data"], { "pre.hook/on-error": "Continue" }),
      ...ordered("b", 1),
    ];
    const cluster = new VolumeCluster({}, objects);
    cluster.onHook = (request, signal) =>
      (request.command.join(" ") === "freeze a" ? fails : succeeds)(request, signal);
    const taken = await takeVolumes(cluster, { request: wide });
    assert.deepEqual(resultsOf(taken), ["shop/a-data captured", "shop/b-data captured"]);
  });

  it("holds claims that no pod mounts, and pods without hooks, at the same point in time", async () => {
    const objects = [...app("db"), pod("shop/web", { claims: ["web"] })];
    const claims = [...bound("shop/web"), ...bound("shop/alone")];
    const cluster = new VolumeCluster({}, [...objects, ...claims]);
    const taken = await takeVolumes(cluster, { request: wide });
    assert.deepEqual(cluster.history.slice(1, -1).toSorted(), [
      "snapshot alone",
      "snapshot db-data",
      "snapshot web",
    ]);
    assert.deepEqual((await taken.record()).blocks[0]?.claims, [
      "shop/alone",
      "shop/db-data",
      "shop/web",
    ]);
  });

  it("removes what was cut when max-freeze passes over all of them, and thaws in reverse", async () => {
    const scripts = { "a-data": { cutMs: 100 }, "b-data": { cutMs: 60_000 } };
    const cluster = new VolumeCluster(scripts, [...ordered("a", 0), ...ordered("b", 1)]);
    const taken = await takeVolumes(cluster, { request: { ...wide, maxFreezeMs: 3_000 } });
    const thaws = cluster.history.filter((step) => step.startsWith("thaw"));
    assert.deepEqual(thaws, ["thaw b", "thaw a"]);
    assert.equal(cluster.atMs["thaw a"], 3_000);
    assert.ok(resultsOf(taken).every((line) => line.includes("failed")));
    assert.deepEqual(await cluster.leftovers(), []);
    assert.match(errorsOf(taken).join(), /^max-freeze of 3s passed before shop\/a, shop\/b/);
    assert.equal(taken.report.errors.length, 1);
  });

  it("thaws all when it is interrupted with several frozen, and leaves nothing", async () => {
    const cluster = new VolumeCluster(
      {},
      ["a", "b", "c"].flatMap((name) => ordered(name, 0)),
    );
    const controller = new AbortController();
    cluster.onStep = (step) => step === "snapshot b-data" && controller.abort();
    const taking = takeVolumes(cluster, { request: wide, signal: controller.signal });
    await assert.rejects(taking, (error) => hasCode(error, "Cancelled"));
    const thaws = cluster.history.filter((step) => step.startsWith("thaw"));
    assert.deepEqual(thaws.toSorted(), ["thaw a", "thaw b", "thaw c"]);
    assert.deepEqual(await cluster.leftovers(), []);
  });

  it("keeps namespaces apart: one that fails leaves the other whole", async () => {
    const objects = [...appIn("shop/db"), namespace("bank"), ...appIn("bank/db")];
    const cluster = new VolumeCluster({}, objects);
    cluster.onHook = (request, signal) =>
      (request.command[1] === "bank/db" ? fails : succeeds)(request, signal);
    const taken = await takeVolumes(cluster, { request: { ...wide, parallelism: 1 } });
    assert.deepEqual(resultsOf(taken), [`bank/db failed: ${notQuiesced}`, "shop/db captured"]);
    const steps = [
      "freeze bank/db",
      "thaw bank/db",
      "freeze shop/db",
      "snapshot db",
      "thaw shop/db",
    ];
    assert.deepEqual(cluster.history, steps);
    assert.equal((await taken.record()).blocks.length, 2);
  });
});

describe("--consistency backup", () => {
  it("is one point in time over all namespaces", async () => {
    const objects = [...appIn("shop/db"), namespace("bank"), ...appIn("bank/db")];
    const cluster = new VolumeCluster({}, objects);
    const taken = await takeVolumes(cluster, { request: { consistency: "backup" } });
    assert.deepEqual(cluster.history.slice(0, 2).toSorted(), ["freeze bank/db", "freeze shop/db"]);
    assert.deepEqual(cluster.history.slice(2, 4), ["snapshot db", "snapshot db"]);
    assert.equal((await taken.record()).blocks.length, 1);
    assert.deepEqual(resultsOf(taken), ["bank/db captured", "shop/db captured"]);
  });

  it("is one failure for all of them", async () => {
    const objects = [...appIn("shop/db"), namespace("bank"), ...appIn("bank/db")];
    const cluster = new VolumeCluster({}, objects);
    cluster.onHook = (request, signal) =>
      (request.command[1] === "shop/db" ? fails : succeeds)(request, signal);
    const taken = await takeVolumes(cluster, { request: { consistency: "backup" } });
    assert.ok(resultsOf(taken).every((line) => line.endsWith(notQuiesced)));
    assert.ok(errorsOf(taken).some((line) => line.startsWith("no volume of the backup was")));
  });

  it("without volumes holds hooks together all the same, and says nothing of volumes", async () => {
    const pods = ["a", "b"].map((name) => hooked(name, {}, { "pre.hook/on-error": "Fail" }));
    const cluster = new VolumeCluster({}, pods);
    cluster.onHook = (request, signal) =>
      (request.command.join(" ") === "freeze b" ? fails : succeeds)(request, signal);
    const taken = await takeVolumes(cluster, { request: { consistency: "backup" } });
    assert.equal(taken.report.errors.length, 2);
    assert.deepEqual(cluster.history, ["freeze a", "freeze b", "thaw b", "thaw a"]);
  });
});
