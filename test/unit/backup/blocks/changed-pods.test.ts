import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aCluster, gistOf, hookAnnotations, takeBackup } from "../../../support/backup-builders.ts";
import { claim, namespace, pod } from "../../../support/builders.ts";
import type { BackupEvent } from "../../../../src/backup/backup-events.ts";
import type { MemoryCluster } from "../../../support/memory-cluster.ts";

const signal = new AbortController().signal;
const frozen = hookAnnotations({ pre: "freeze", post: "thaw" });

/** Takes a backup of the pod shop/db, with `change` made between the plan and the first hook. */
async function changing(
  parts: Parameters<typeof pod>[1],
  change: (cluster: MemoryCluster) => void | Promise<void>,
) {
  const db = pod("shop/db", parts, { metadata: { uid: "old" } });
  const cluster = aCluster({ objects: [namespace("shop"), claim("shop/data"), db] });
  let changed = Promise.resolve();
  const observe = (event: BackupEvent): void => {
    if (event.kind === "blocks-found") changed = Promise.resolve(change(cluster));
  };
  const taken = await takeBackup({ cluster, observe });
  await changed;
  return { taken, errors: taken.report.errors.map(gistOf), items: await taken.items() };
}

const remove = (cluster: MemoryCluster): Promise<void> =>
  cluster.delete(cluster.resource("pods"), { namespace: "shop", name: "db" }, signal);

describe("a pod that changes between the plan and its hooks", () => {
  for (const [what, parts] of [
    ["with hooks", { annotations: frozen, claims: ["data"] }],
    ["without hooks", { claims: ["data"] }],
  ] as const) {
    it(`is replaced by another of the same name (${what}): an error, no hook, not archived`, async () => {
      const { taken, errors, items } = await changing(parts, (cluster) =>
        cluster.add(pod("shop/db", parts, { metadata: { uid: "new" } })),
      );
      assert.deepEqual(taken.execs(), []);
      assert.deepEqual(errors, [
        "pods shop/db: the pod was replaced by a new one while the backup ran",
      ]);
      assert.equal(taken.report.phase, "PartiallyFailed");
      assert.ok(!items.includes("pods shop/db"));
    });

    it(`is gone (${what}): an error, no hook, its claim comes by its list`, async () => {
      const { taken, errors, items } = await changing(parts, remove);
      assert.deepEqual(taken.execs(), []);
      assert.deepEqual(errors, ['pods shop/db: pods "db" not found']);
      assert.deepEqual(items, ["persistentvolumeclaims shop/data", "namespaces shop"]);
    });
  }

  it("has completed meanwhile: its hooks are skipped, it is archived as it is now", async () => {
    const { taken, items } = await changing({ annotations: frozen }, (cluster) =>
      cluster.add(
        pod("shop/db", { annotations: frozen, phase: "Succeeded" }, { metadata: { uid: "old" } }),
      ),
    );
    assert.deepEqual(taken.execs(), []);
    assert.equal(taken.report.phase, "Completed");
    assert.ok(items.includes("pods shop/db"));
    const stored = (await taken.entries()).get("resources/pods/namespaces/shop/db.json");
    assert.match(JSON.stringify(stored?.["status"]), /"phase":"Succeeded"/);
  });

  it("is being deleted when it is captured: its post hook runs, it is skipped with a note", async () => {
    const cluster = aCluster({
      objects: [namespace("shop"), pod("shop/db", { annotations: frozen })],
    });
    cluster.onExec = ({ command: [word] }) => {
      const deletionTimestamp = "2026-01-02T03:04:05Z";
      const { uid = "" } = cluster.find("pods", "db", "shop")?.metadata ?? {};
      const going = pod(
        "shop/db",
        { annotations: frozen },
        { metadata: { uid, deletionTimestamp } },
      );
      if (word === "freeze") cluster.add(going);
      return { kind: "exited", exitCode: 0 };
    };
    const taken = await takeBackup({ cluster });
    assert.deepEqual(taken.execs(), ["shop/db: freeze", "shop/db: thaw"]);
    assert.equal(taken.report.skipped.terminating, 1);
    assert.deepEqual(await taken.items(), ["namespaces shop"]);
  });

  it("was being deleted before: no hook runs in it, and it is no block", async () => {
    const deletionTimestamp = "2026-01-02T03:04:05Z";
    const going = pod("shop/db", { annotations: frozen }, { metadata: { deletionTimestamp } });
    const taken = await takeBackup({ objects: [going] });
    assert.deepEqual([taken.execs(), taken.report.blocks], [[], []]);
    assert.equal(taken.report.skipped.terminating, 1);
  });

  it("is gone when it is captured: its post hook is tried, its absence is an error", async () => {
    const cluster = aCluster({
      objects: [namespace("shop"), pod("shop/db", { annotations: frozen })],
    });
    cluster.onExec = async ({ command: [word] }) => {
      if (word === "freeze") await remove(cluster);
      return { kind: "exited", exitCode: 0 };
    };
    const { report, cluster: asked } = await takeBackup({ cluster });
    assert.deepEqual(
      asked.execs.map(({ command }) => command[0]),
      ["freeze", "thaw"],
    );
    assert.equal(report.phase, "PartiallyFailed");
    assert.match(report.errors.map(gistOf).join("\n"), /^pods shop\/db: pods "db" not found$/m);
  });
});
