import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { beforeEach, suite, test } from "node:test";
import { textOfThisProcess } from "../../../../src/lib/system-process-text.ts";
import { createDirectoryStore } from "../../../../src/store/directory/directory-store.ts";
import { arkSession } from "../../../support/ark-session.ts";
import { type SnapshotParts, snapshotObjects } from "../../../support/cluster-snapshots.ts";
import { publishRecorded } from "../../../support/recorded-backup.ts";

const forbidden = new Set<string>();
const ark = await arkSession({
  authorize: ({ verb, namespace }) => !forbidden.has(`${verb} ${namespace}`),
});
const store = createDirectoryStore(ark.store);
const where = `fake (${ark.server.url})`;
const API = "snapshot.storage.k8s.io/v1";
/** A process of this machine that has ended. */
const gone = JSON.stringify({
  ...JSON.parse(textOfThisProcess()),
  pid: spawnSync(process.execPath, ["-e", ""]).pid,
});

beforeEach(() => {
  forbidden.clear();
  for (const name of ["left", "other"]) {
    ark.server.remove(API, "VolumeSnapshot", name, "shop");
    ark.server.remove(API, "VolumeSnapshotContent", `content-${name}`);
  }
});

function leave(parts: Partial<SnapshotParts> = {}): void {
  const made = { backup: "lost", path: "shop/left", state: "pending", client: gone } as const;
  const { snapshot, content } = snapshotObjects({ ...made, ...parts });
  ark.server.put(snapshot);
  ark.server.put(content);
}

const isThere = (name = "left"): boolean =>
  ark.server.get(API, "VolumeSnapshot", name, "shop") !== undefined;
const remove = (...words: readonly string[]) => ark.run("backup", "delete", ...words);

suite("backup delete, of a name that is in no store", () => {
  test("removes what a run that has died left in the cluster, and nothing of another one", async () => {
    leave();
    leave({ backup: "lost-too", path: "shop/other" });
    const { code, stdout, stderr } = await remove("lost", "--confirm");
    assert.deepEqual([code, stdout], [0, 'leftovers of backup "lost" deleted\n']);
    const title = `There is no backup "lost" in ${store.url}, but cluster ${where} holds what was made for one, by a run that has ended:\n`;
    assert.ok(stderr.startsWith(title), stderr);
    assert.match(stderr, /\n {2}volumesnapshots shop\/left {2}20\d\d-/);
    assert.deepEqual([isThere(), isThere("other")], [false, true]);
    assert.equal(ark.server.get(API, "VolumeSnapshotContent", "content-left"), undefined);
  });

  test("asks first, together with what is stored", async () => {
    leave();
    await publishRecorded(store, { name: "stored", cluster: { server: ark.server.url } });
    const words = ["backup", "delete", "stored", "lost"];
    const refused = await ark.runWith({ typed: "n\n" }, ...words);
    const question = `Delete stored from ${store.url}, and 1 object of lost from cluster ${where}?`;
    assert.ok(refused.stderr.includes(question), refused.stderr);
    assert.deepEqual([refused.code, isThere()], [1, true]);
    const { code, stdout } = await ark.runWith({ typed: "y\n" }, ...words);
    const said = 'backup "stored" deleted\nleftovers of backup "lost" deleted\n';
    assert.deepEqual([code, stdout, isThere()], [0, said, false]);
  });

  for (const [what, parts] of [
    ["was published, perhaps to another store", { state: "kept" }],
    ["is being made by a process that lives", { client: textOfThisProcess() }],
    ["was made on a machine that cannot be asked", { client: "{}" }],
  ] as const) {
    test(`--confirm does not answer for what ${what}; a typed yes does`, async () => {
      leave(parts);
      const { code, stdout, stderr } = await remove("lost", "--confirm");
      assert.deepEqual([code, stdout, isThere()], [2, "", true]);
      assert.match(stderr, /may be of a backup in another store, or of one that is being made/);
      assert.match(stderr, /hint: Name its store with --store/);
      const typed = await ark.runWith({ typed: "y\n" }, "backup", "delete", "lost");
      assert.deepEqual([typed.code, isThere()], [0, false]);
    });
  }

  test("with nothing in the cluster either is not found, and deletes none of the others", async () => {
    leave();
    await publishRecorded(store, { name: "nightly", cluster: { server: ark.server.url } });
    const { code, stdout, stderr } = await remove("lost", "nihgtly", "nightly", "--confirm");
    assert.deepEqual([code, stdout, isThere()], [1, "", true]);
    assert.match(stderr, /^error: there is no backup "nihgtly" in file:.*; did you mean nightly\?/);
  });

  test("is not found without a word about a cluster that does not answer", async () => {
    const env = { KUBECONFIG: "/nonexistent" };
    const words = ["backup", "delete", "lost", "--confirm"];
    const { code, stderr } = await ark.runWith({ env }, ...words);
    assert.equal(code, 1);
    assert.match(stderr, /^error: there is no backup "lost" in .*\nhint: See .*\n$/);
    const server = ["--server", "https://127.0.0.1:1"];
    const unreachable = await ark.run(...words, ...server);
    assert.match(unreachable.stderr, /^error: there is no backup "lost" in .*\nhint: See .*\n$/);
  });

  test("that could be no backup's is looked for in no cluster", async () => {
    const before = ark.server.requests.filter(({ path }) => path.includes("snapshot")).length;
    for (const name of ["a,b=c", "../x", "lost,app!=x", "Lost"]) {
      assert.match((await remove(name, "--confirm")).stderr, /there is no backup/);
    }
    const after = ark.server.requests.filter(({ path }) => path.includes("snapshot")).length;
    assert.equal(after, before);
  });

  test("with --keep-snapshots is not found: nothing else would be left to delete", async () => {
    leave();
    const { code, stderr } = await remove("lost", "--confirm", "--keep-snapshots");
    assert.deepEqual([code, isThere()], [1, true]);
    assert.match(stderr, /there is no backup "lost"/);
  });

  test("is looked for in the context's namespace where lists of all are forbidden, and what was not seen is said", async () => {
    forbidden.add("list ");
    leave();
    assert.equal((await remove("lost", "--confirm")).code, 0);
    assert.equal(isThere(), false);
    const { code, stderr } = await remove("lost", "--confirm");
    assert.equal(code, 1);
    assert.match(stderr, /^note: what a backup lost may have left in cluster .* not be looked for/);
  });

  test("of which something cannot be removed says why, and exits with 1", async () => {
    leave();
    forbidden.add("delete shop");
    const { code, stdout, stderr } = await remove("lost", "--confirm");
    assert.deepEqual([code, stdout, isThere()], [1, "", true]);
    assert.match(stderr, /error: volumesnapshots shop\/left could not be removed: .*forbidden/i);
  });
});
