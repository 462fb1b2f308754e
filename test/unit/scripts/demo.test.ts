import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { before, test } from "node:test";
import { promisify } from "node:util";

const root = resolve(import.meta.dirname, "../../..");
const runFile = promisify(execFile);

/** @throws with its output when it does not end with exit code 0 */
async function runScript(...words: readonly string[]): Promise<string> {
  const { stdout } = await runFile(process.execPath, words, { cwd: root, timeout: 120_000 });
  return stdout;
}

/** What `$ kubectl ark WORDS` printed. */
function outputOf(demo: string, words: string): string {
  const [, rest] = demo.split(`$ kubectl ark ${words}\n`);
  assert.ok(rest !== undefined, `the demo does not run: ${words}`);
  return rest.split(/\n(?:\$ kubectl ark |── )/)[0] ?? "";
}

function directoryOf(demo: string): string {
  const directory = /to file:\/\/(\S+)\/kubectl-ark$/m.exec(demo)?.[1];
  assert.ok(directory, "the demo does not say where the backup goes");
  return directory;
}

let demo = "";

before(async () => {
  await runScript("scripts/build.ts");
  demo = await runScript("scripts/demo.ts");
});

test("the demo says at its start and at its end that the cluster is simulated", () => {
  const lines = demo.trim().split("\n");
  assert.match(lines.slice(0, 3).join("\n"), /SIMULATED/);
  assert.match(lines.slice(-8).join("\n"), /SIMULATED/);
});

test("the demo shows the hooks of the pods, and what a backup would run", () => {
  assert.match(outputOf(demo, "hooks get -n shop"), /^db-0 +pre +postgres +psql -c CHECKPOINT /m);
  const plan = outputOf(demo, "backup monday -n shop --dry-run");
  assert.match(plan, /^3 +shop\/web +post +fsfreeze +fsfreeze -u \/data /m);
  assert.match(plan, /Nothing was run or stored/);
});

test("the demo takes a backup, and the pod is read and its snapshot is created and cut while it is frozen", () => {
  const backup = outputOf(demo, "backup monday -n shop --parallelism 1");
  assert.match(backup, /^Backup monday Completed: 25 objects, .*4 hooks, 2 volumes snapshotted/m);
  const [, frozen = "", thawed = ""] = backup.split(/ {2}run in web: fsfreeze -[fu] \/data\n/);
  assert.match(frozen, /^ {2}read pods\/web$/m);
  assert.match(
    frozen,
    /^ {2}create volumesnapshots\/ark-data-web-\w+\n(?:.*\n)* {2}\(storage\) snapshot of data-web is cut; frozen: shop\/web \/data$/m,
  );
  assert.doesNotMatch(frozen, /is ready/);
  assert.match(thawed, /^ {2}\(storage\) snapshot of data-web is ready; nothing is frozen$/m);
  assert.match(backup, /^Frozen file systems in the simulated cluster now: none$/m);
  assert.match(backup, /^Snapshots in the simulated cluster and its storage now: 2$/m);
});

test("the demo reads no claim and no volume while a pod is frozen", () => {
  const backup = outputOf(demo, "backup monday -n shop --parallelism 1");
  assert.match(backup, /^ {2}read pods\//m);
  assert.doesNotMatch(backup, /^ {2}read persistentvolume/m);
});

test("the demo shows the volumes of the backup, and draws when its pods were frozen", () => {
  const volumes = outputOf(demo, "backup describe monday");
  assert.match(volumes, /^ {2}shop\/data-web: captured: CSI snapshot$/m);
  assert.match(
    volumes,
    /^ {4}Snapshot: +ark-data-web-\w+, class fast-snapshots, 1\.0 GiB, cut after /m,
  );
  const drawn = outputOf(demo, "backup describe monday --timeline");
  // Which pod was frozen longest, and whether for milliseconds or seconds, depends on how busy the machine is.
  assert.match(drawn, /^Longest freeze: [\d.]+ m?s, shop\/(?:cache|db-0|web)\.$/m);
  assert.match(drawn, /^shop\/web +pre hook .+, held .+, post hook /m);
  assert.match(drawn, /^shop\/data-web +cut in [\d.]+ m?s, ready [\d.]+ m?s later$/m);
});

test("the demo shows the backup, what is in its archive, and its files", () => {
  assert.match(outputOf(demo, "backup get"), /^monday +Completed +0 /m);
  assert.match(outputOf(demo, "backup describe monday"), /^ {2}orders.shop.example.com: 2$/m);
  const archive = outputOf(demo, "backup download monday -o monday.tar.gz");
  assert.match(archive, /^ +metadata\/version$/m);
  assert.match(archive, /^ +resources\/pods\/namespaces\/shop\/db-0\.json$/m);
  for (const kind of ["volumesnapshots", "volumesnapshotcontents", "volumesnapshotclasses"]) {
    const stored = archive.split(`resources/${kind}.snapshot.storage.k8s.io/`).length - 1;
    assert.equal(stored, kind === "volumesnapshotclasses" ? 1 : 2, kind);
  }
  const definition =
    "resources/customresourcedefinitions.apiextensions.k8s.io/cluster/orders.shop.example.com.json";
  assert.ok(archive.includes(definition));
  assert.ok(!archive.includes("kube-root-ca.crt"));
  assert.match(archive, /^ +\d+ B {2}velero-backup\.json$/m);
});

test("the demo shows that a failed pre hook ends with exit code 3 and leaves nothing frozen", () => {
  const backup = outputOf(demo, "backup tuesday -n lab");
  assert.match(backup, /^Backup tuesday PartiallyFailed: /m);
  assert.match(backup, /^\(exit code 3\)$/m);
  assert.match(backup, /^error: pods lab\/clumsy: the pod is not in the backup/m);
  assert.match(backup, /^post hook lab\/clumsy \(main\): fsfreeze -u \/data: succeeded /m);
  assert.match(backup, /^Frozen file systems in the simulated cluster now: none$/m);
});

test("the demo deletes the backup, and its snapshots are gone from cluster and storage", () => {
  const deletion = outputOf(demo, "backup delete monday --confirm");
  assert.match(deletion, /^Removing 2 volume snapshots of monday from cluster simulated /m);
  assert.match(deletion, /^backup "monday" deleted$/m);
  assert.match(deletion, /^Snapshots in the simulated cluster and its storage now: none$/m);
});

test("the demo removes its directory, and keeps it with --keep", async () => {
  assert.ok(!existsSync(directoryOf(demo)));
  const kept = directoryOf(await runScript("scripts/demo.ts", "--keep"));
  assert.ok(existsSync(resolve(kept, "monday.tar.gz")));
  assert.ok(existsSync(resolve(kept, "kubectl-ark/backups/tuesday/velero-backup.json")));
  assert.ok(!existsSync(resolve(kept, "kubectl-ark/backups/monday")));
  rmSync(kept, { recursive: true });
});
