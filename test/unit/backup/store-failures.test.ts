import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { aCluster, hookAnnotations, takeBackup } from "../../support/backup-builders.ts";
import { claim, configMap, namespace, pod } from "../../support/builders.ts";
import { diskFull, failingStore, type StoreFault } from "../../support/failing-store.ts";
import { publishBackup } from "../../support/publish-backup.ts";
import { MemoryStore } from "../../support/memory-store.ts";

const never = new AbortController().signal;

const commands = (name: string) => ({
  pre: `["freeze","${name}"]`,
  post: `["thaw","${name}"]`,
});

/** Hooked pods, and enough bytes that cannot be compressed to fill every buffer between archive and store. */
const objects = [
  namespace("shop"),
  ...["a", "b"].flatMap((name) => [
    pod(`shop/${name}`, { claims: [name], annotations: hookAnnotations(commands(name)) }),
    claim(`shop/${name}`),
  ]),
  ...Array.from({ length: 40 }, (_, index) =>
    configMap(`shop/c${index}`, { data: { key: randomBytes(100_000).toString("base64") } }),
  ),
];

const faults: readonly (StoreFault & { readonly hooks: "ran" | "not begun" | "either" })[] = [
  { at: "create", hooks: "not begun" },
  { at: "write", file: "nightly.tar.gz", hooks: "either" },
  { at: "read", file: "nightly.tar.gz", hooks: "ran" },
  { at: "write", file: "nightly-logs.gz", hooks: "either" },
  { at: "read", file: "nightly-logs.gz", hooks: "ran" },
  { at: "write", file: "nightly-results.gz", hooks: "ran" },
  { at: "write", file: "kubectl-ark.json", hooks: "ran" },
  { at: "write", file: "velero-backup.json", hooks: "ran" },
  { at: "publish", hooks: "ran" },
];

describe("a store that fails: StoreUnavailable, nothing is published, nothing stays frozen", () => {
  for (const fault of faults) {
    const where = "file" in fault ? `${fault.at} ${fault.file}` : fault.at;
    it(`at ${where}`, { timeout: 5000 }, async () => {
      const [store, cluster] = [failingStore(fault), aCluster({ objects })];
      await assert.rejects(takeBackup({ store, cluster }), (error) => error === diskFull);
      assert.deepEqual(await store.list(never), []);
      assert.deepEqual(store.discarded, fault.at === "create" ? [] : ["nightly"]);
      const begun = cluster.execs.map(({ command }) => command.join(" "));
      for (const name of ["a", "b"]) {
        const isThawed = begun.includes(`thaw ${name}`);
        assert.equal(isThawed, begun.includes(`freeze ${name}`));
      }
      if (fault.hooks === "ran") assert.equal(begun.length, 4);
      if (fault.hooks === "not begun") assert.deepEqual(begun, []);
    });
  }

  it("while a pod is frozen: it is thawed, and the blocks after it are not begun", async () => {
    const { promise: when, resolve: fail } = Promise.withResolvers<void>();
    const store = failingStore({ at: "write", file: "nightly.tar.gz", when });
    const cluster = aCluster({ objects });
    cluster.onExec = async ({ command }) => {
      if (command[0] === "freeze") fail();
      await new Promise(setImmediate);
      return { kind: "exited", exitCode: 0 };
    };
    await assert.rejects(takeBackup({ store, cluster }), (error) => error === diskFull);
    assert.deepEqual(
      cluster.execs.map(({ command }) => command.join(" ")),
      ["freeze a", "thaw a"],
    );
  });
});

it("a backup of that name there already: BackupExists, no hook is begun, the old one stays", async () => {
  const [store, cluster] = [new MemoryStore(), aCluster({ objects })];
  await publishBackup(store, "nightly", { "old.txt": "old" });
  await assert.rejects(takeBackup({ store, cluster }), { code: "BackupExists" });
  assert.deepEqual(cluster.execs, []);
  const files = await store.files("nightly", never);
  assert.deepEqual(
    files.map(({ name }) => name),
    ["old.txt", "velero-backup.json"],
  );
});
