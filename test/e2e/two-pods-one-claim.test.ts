import assert from "node:assert/strict";
import { before, test } from "node:test";
import { installArk } from "./support/cli.ts";
import { kubectl, useNamespace } from "./support/cluster.ts";
import { aClaim, aPod, hookAnnotations } from "./support/manifests.ts";

const namespace = await useNamespace("block");
const ark = await installArk();
const inside = ["-n", namespace.name];
const orderKey = "hook.backup.ark.heptio.com/order";

/** Each hook leaves its name on the volume that the pods share. */
const leave = (word: string): string[] => ["sh", "-c", `echo ${word} >> /data/order`];

function sharing(name: string): unknown {
  const hooks = { pre: leave(`pre-${name}`), post: leave(`post-${name}`) };
  return aPod(name, { claim: "shared", annotations: hookAnnotations(hooks) });
}

before(async () => {
  const alone = hookAnnotations({ pre: ["true"], post: ["true"] });
  await namespace.apply(
    aClaim("shared"),
    sharing("anna"),
    sharing("berta"),
    aPod("carla", { annotations: alone }),
  );
  await namespace.podsReady();
});

async function takeBackup(name: string): Promise<string[]> {
  const { exitCode, stdout, stderr } = await ark.run(["backup", name, ...inside]);
  assert.equal(exitCode, 0, stdout + stderr);
  const left = await namespace.exec("anna", "main", ["sh", "-c", "cat /data/order; >/data/order"]);
  return left.trim().split("\n");
}

test("pods that share a claim are one block: all pre hooks, then all post hooks in reverse", async () => {
  const order = await takeBackup("by-name");
  assert.deepEqual(order, ["pre-anna", "pre-berta", "post-berta", "post-anna"]);
  const { blocks } = await ark.record("by-name");
  const [anna, berta, carla] = ["anna", "berta", "carla"].map((pod) => `${namespace.name}/${pod}`);
  const members = new Map(blocks.map(({ pods, claims }) => [pods.join(), claims]));
  const expected = new Map([
    [`${anna},${berta}`, [`${namespace.name}/shared`]],
    [`${carla}`, []],
  ]);
  assert.deepEqual(members, expected);
});

test("an order annotation puts a pod first, and its post hook last", async () => {
  await kubectl(["annotate", ...inside, "pod/berta", `${orderKey}=-1`]);
  const order = await takeBackup("by-annotation");
  assert.deepEqual(order, ["pre-berta", "pre-anna", "post-anna", "post-berta"]);
});

test("a pod with a higher order waits for all others", async () => {
  await kubectl(["annotate", ...inside, "pod/carla", `${orderKey}=5`]);
  await takeBackup("carla-last");
  const { hooks } = await ark.record("carla-last");
  assert.deepEqual(
    hooks.map(({ pod }) => pod),
    ["berta", "anna", "anna", "berta", "carla", "carla"],
  );
  const { blocks } = await ark.record("carla-last");
  const [first, second] = blocks.map(({ startTimestamp, durationSeconds }) => {
    return { from: Date.parse(startTimestamp), durationMs: durationSeconds * 1000 };
  });
  assert.ok(first && second);
  // The clock's milliseconds are rounded twice.
  assert.ok(second.from >= first.from + first.durationMs - 2);
});

test("the claim and its volume stand in the archive once", async () => {
  await takeBackup("once");
  const { items } = await ark.record("once");
  assert.equal(items.byResource["persistentvolumeclaims"], 1);
  assert.equal(items.byResource["persistentvolumes"], 1);
  assert.equal(items.byResource["pods"], 3);
});

test("one pod's failed pre hook thaws the other pod of the block too, and keeps only itself out", async () => {
  const key = "pre.hook.backup.ark.heptio.com/command";
  const fails = JSON.stringify(["sh", "-c", "echo pre-anna >> /data/order; exit 1"]);
  await kubectl(["annotate", "--overwrite", ...inside, "pod/anna", `${key}=${fails}`]);
  const { exitCode } = await ark.run(["backup", "half", ...inside]);
  assert.equal(exitCode, 3);
  const left = await namespace.exec("berta", "main", ["cat", "/data/order"]);
  assert.deepEqual(left.trim().split("\n"), ["pre-berta", "pre-anna", "post-anna", "post-berta"]);
  const { blocks, items } = await ark.record("half");
  assert.deepEqual(
    blocks.flatMap(({ failedPods }) => failedPods),
    [`${namespace.name}/anna`],
  );
  assert.equal(items.byResource["pods"], 2);
});
