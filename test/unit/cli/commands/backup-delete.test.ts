import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { createDirectoryStore } from "../../../../src/store/directory/directory-store.ts";
import { arkSession } from "../../../support/ark-session.ts";
import { snapshotObjects, snapshotRecord } from "../../../support/cluster-snapshots.ts";
import { publishRecorded } from "../../../support/recorded-backup.ts";

const protectedSnapshots = new Set<string>();
const ark = await arkSession({
  authorize: ({ verb, name }) => verb !== "delete" || !protectedSnapshots.has(name),
});
const store = createDirectoryStore(ark.store);
const { signal } = new AbortController();
const API = "snapshot.storage.k8s.io/v1";
const here = { context: "fake", server: ark.server.url };
let count = 0;

/** A backup of shop/data with a snapshot, published and in the cluster. */
async function takeBackup(cluster: { context: string; server: string } = here) {
  count += 1;
  const [name, path] = [`backup-${count}`, `shop/snap-${count}`];
  const { snapshot, content } = snapshotObjects({ backup: name, path });
  ark.server.put(snapshot);
  ark.server.put(content);
  await publishRecorded(store, { name, cluster, volumes: [snapshotRecord("shop/data", path)] });
  const [snapshotName, contentName] = [`snap-${count}`, `content-snap-${count}`];
  return {
    name,
    snapshotName,
    inCluster: () => ark.server.get(API, "VolumeSnapshot", snapshotName, "shop") !== undefined,
    contentInCluster: () => ark.server.get(API, "VolumeSnapshotContent", contentName) !== undefined,
    isStored: async () => (await store.list(signal)).includes(name),
  };
}

const remove = (...words: readonly string[]) => ark.run("backup", "delete", ...words);

suite("backup delete, with volume snapshots", () => {
  test("removes snapshot and content, the storage's snapshot with them, and then the files", async () => {
    const backup = await takeBackup();
    const { code, stdout, stderr } = await remove(backup.name, "--confirm");
    assert.deepEqual([code, stdout], [0, `backup "${backup.name}" deleted\n`]);
    const where = `fake (${ark.server.url})`;
    assert.equal(stderr, `Removing 1 volume snapshot of ${backup.name} from cluster ${where}\n`);
    assert.deepEqual([backup.inCluster(), backup.contentInCluster()], [false, false]);
    const patches = ark.server.requests.filter(({ method }) => method === "PATCH");
    assert.match(String(patches.at(-1)?.body), /"deletionPolicy":"Delete"/);
    assert.equal(await backup.isStored(), false);
  });

  test("says in its question what goes, and touches nothing after no", async () => {
    const [one, two] = [await takeBackup(), await takeBackup()];
    const words = ["backup", "delete", one.name, two.name];
    const { code, stderr } = await ark.runWith({ typed: "n\n" }, ...words);
    assert.equal(code, 1);
    const where = `fake (${ark.server.url})`;
    const question = `Delete ${one.name}, ${two.name} from ${store.url}, and 2 volume snapshots in cluster ${where}?`;
    assert.ok(stderr.includes(question), stderr);
    assert.ok(stderr.endsWith("Nothing was deleted.\n"));
    assert.ok(one.inCluster() && two.inCluster() && (await one.isStored()));
  });

  test("asks no cluster for a backup without snapshots", async () => {
    await publishRecorded(store, { name: "bare", cluster: here });
    const before = ark.server.requests.length;
    const words = ["backup", "delete", "bare", "--confirm"];
    const { code } = await ark.runWith({ env: { KUBECONFIG: "/nonexistent" } }, ...words);
    assert.deepEqual([code, ark.server.requests.length], [0, before]);
  });

  test("deletes nothing when the cluster is another one, and names the context to use", async () => {
    const backup = await takeBackup();
    const elsewhere = { context: "my prod", server: "https://prod.example:6443" };
    const volumes = [snapshotRecord("shop/data", "shop/never-here")];
    await publishRecorded(store, { name: "elsewhere", cluster: elsewhere, volumes });
    const { code, stdout, stderr } = await remove(backup.name, "elsewhere", "--confirm");
    assert.deepEqual([code, stdout], [2, ""]);
    const prod = "cluster my prod (https://prod.example:6443)";
    assert.match(stderr, /^error: backup elsewhere has 1 volume snapshot in /);
    assert.ok(stderr.includes(`${prod}, and this is fake (${ark.server.url})\n`), stderr);
    assert.match(
      stderr,
      /hint: Nothing was deleted\. Use --context 'my prod', or --keep-snapshots/,
    );
    assert.ok(backup.inCluster() && (await backup.isStored()));
  });

  test("knows its cluster by a content of its own, when the address is another one", async () => {
    const backup = await takeBackup({ context: "vpn", server: "https://vpn.example:6443" });
    assert.equal((await remove(backup.name, "--confirm")).code, 0);
    assert.deepEqual([backup.inCluster(), await backup.isStored()], [false, false]);
  });

  test("does not trust an address of this machine alone: another cluster may stand behind it by now", async () => {
    const cluster = { context: "kind-before", server: ark.server.url };
    const volumes = [snapshotRecord("shop/data", "shop/before")];
    await publishRecorded(store, { name: "before", cluster, volumes });
    const { code, stderr } = await remove("before", "--confirm");
    assert.equal(code, 2);
    assert.match(stderr, /Use --context kind-before/);
  });

  test("deletes the files when the snapshots are gone already", async () => {
    const backup = await takeBackup();
    ark.server.remove(API, "VolumeSnapshot", backup.snapshotName, "shop");
    ark.server.remove(API, "VolumeSnapshotContent", `content-${backup.snapshotName}`);
    const { code, stderr } = await remove(backup.name, "--confirm");
    assert.deepEqual([code, await backup.isStored()], [0, false]);
    assert.match(
      stderr,
      /note: volume snapshot shop\/snap-\d+ \(of claim data\): its content was gone/,
    );
  });

  test("keeps a backup of which a snapshot cannot be removed, says why, and deletes the others", async () => {
    const [stuck, free] = [await takeBackup(), await takeBackup()];
    const snapshot = stuck.snapshotName;
    protectedSnapshots.add(snapshot);
    const { code, stdout, stderr } = await remove(stuck.name, free.name, "--confirm");
    assert.deepEqual([code, stdout], [1, `backup "${free.name}" deleted\n`]);
    assert.ok(stderr.includes(`error: volume snapshot shop/${snapshot} (of claim data) could not`));
    assert.match(stderr, /forbidden/i);
    assert.ok(
      stderr.includes(
        `error: backup ${stuck.name} was not deleted: 1 of 1 volume snapshot could not be removed\n`,
      ),
      stderr,
    );
    assert.ok(stuck.inCluster() && (await stuck.isStored()));
    protectedSnapshots.clear();
    assert.equal((await remove(stuck.name, "--confirm")).code, 0);
  });

  test("deletes nothing when the cluster cannot be reached, and says how to go on", async () => {
    const backup = await takeBackup();
    const env = { KUBECONFIG: "/nonexistent" };
    const words = ["backup", "delete", backup.name, "--confirm"];
    const { code, stdout, stderr } = await ark.runWith({ env }, ...words);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /\nerror: backup \S+ has 1 volume snapshot in cluster .* cannot be asked: /,
    );
    assert.match(stderr, /hint: Nothing was deleted\. .*Use --context fake, or --keep-snapshots/);
    assert.ok(await backup.isStored());
  });

  test("--keep-snapshots deletes the files alone, asks no cluster, and says what is left", async () => {
    const backup = await takeBackup();
    const before = ark.server.requests.length;
    const { code, stdout, stderr } = await remove(backup.name, "--confirm", "--keep-snapshots");
    assert.deepEqual([code, stdout], [0, `backup "${backup.name}" deleted\n`]);
    assert.equal(ark.server.requests.length, before);
    const snapshot = backup.snapshotName;
    assert.equal(
      stderr,
      `1 volume snapshot of ${backup.name} left in cluster fake (${ark.server.url}):\n` +
        `  shop/${snapshot}, content content-${snapshot}\n` +
        `hint: To remove them later: kubectl ark backup delete ${backup.name} --context fake\n`,
    );
    assert.ok(backup.inCluster() && !(await backup.isStored()));
  });

  test("a record that cannot be read is an error, unless the snapshots are not asked for", async () => {
    await publishRecorded(store, { name: "spoilt" });
    writeFileSync(join(ark.store, "backups", "spoilt", "kubectl-ark.json"), "{");
    const { code, stderr } = await remove("spoilt", "--confirm");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /backup spoilt: .* volume snapshots are not known\nhint: .*--keep-snapshots/,
    );
    assert.equal((await remove("spoilt", "--confirm", "--keep-snapshots")).code, 0);
  });
});
