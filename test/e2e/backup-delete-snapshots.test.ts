import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { before, suite, test } from "node:test";
import { installArk } from "./support/cli.ts";
import { kubectl, kubectlJson, useNamespace } from "./support/cluster.ts";
import { aClaim, aPod } from "./support/manifests.ts";
import { eventually } from "./support/process.ts";
import { lacksSnapshots, snapshotImage, volumesOf } from "./support/snapshots.ts";

type Item = {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly volumeSnapshotRef?: { readonly namespace: string } };
};

const skip = await lacksSnapshots();
const namespace = await useNamespace("delsnap");
const ark = await installArk();
const scope = ["-n", namespace.name, "--include-resources=pods,pvc"];

before(async () => {
  await namespace.apply(aClaim("data"), aPod("db", { claim: "data" }));
  await namespace.podsReady();
});

/** Names of the namespace's snapshots, and of contents that point into it. */
async function snapshotsLeft(): Promise<string[]> {
  const inside = ["-n", namespace.name];
  const kinds = [["volumesnapshots", ...inside], ["volumesnapshotcontents"]];
  const lists = await Promise.all(
    kinds.map((kind) => kubectlJson<{ readonly items: readonly Item[] }>(["get", ...kind])),
  );
  return lists
    .flatMap(({ items }) => items)
    .filter(({ spec }) => (spec.volumeSnapshotRef?.namespace ?? namespace.name) === namespace.name)
    .map(({ metadata }) => metadata.name);
}

/** @returns the volume of a backup with one snapshot, as its record has it */
async function takeBackup(name: string) {
  const { exitCode, stderr } = await ark.run(["backup", name, ...scope]);
  assert.equal(exitCode, 0, stderr);
  const [volume] = volumesOf(await ark.record(name));
  assert.ok(volume?.snapshot?.contentName !== undefined);
  return { volume, ...volume.snapshot };
}

function imageIsThere(volume: Parameters<typeof snapshotImage>[0]): boolean | undefined {
  return process.env["ARK_CLUSTER_DIR"] ? existsSync(snapshotImage(volume)) : undefined;
}

suite("backup delete", { skip }, () => {
  test("takes snapshot, content and the storage's snapshot along", async () => {
    const { volume } = await takeBackup("whole");
    assert.notEqual(imageIsThere(volume), false);
    const { exitCode, stdout, stderr } = await ark.run(["backup", "delete", "whole", "-y"]);
    assert.deepEqual([exitCode, stdout], [0, 'backup "whole" deleted\n'], stderr);
    assert.match(stderr, /^Removing 1 volume snapshot of whole from cluster /);
    assert.deepEqual(await snapshotsLeft(), []);
    assert.notEqual(imageIsThere(volume), true);
    assert.equal(existsSync(ark.backupDirectory("whole")), false);
  });

  test("finds what outlived its VolumeSnapshot, as after the namespace was deleted", async () => {
    const { volume, name, contentName } = await takeBackup("outlived");
    await kubectl(["delete", "volumesnapshot", name, "-n", namespace.name]);
    assert.deepEqual(await snapshotsLeft(), [contentName]);
    assert.notEqual(imageIsThere(volume), false);
    const { exitCode, stderr } = await ark.run(["backup", "delete", "outlived", "--confirm"]);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(await snapshotsLeft(), []);
    assert.notEqual(imageIsThere(volume), true);
  });

  test("deletes nothing when the cluster does not answer; --keep-snapshots leaves them, and they are found later", async () => {
    const { name } = await takeBackup("kept");
    const words = ["backup", "delete", "kept", "--confirm"];
    const nowhere = ["--server", "https://127.0.0.1:1", "--request-timeout", "5s"];
    const unreachable = await ark.run([...words, ...nowhere]);
    assert.equal(unreachable.exitCode, 1, unreachable.stderr);
    assert.match(unreachable.stderr, /hint: Nothing was deleted\..*--keep-snapshots/);
    assert.ok(existsSync(ark.backupDirectory("kept")));
    const kept = await ark.run([...words, "--keep-snapshots", ...nowhere]);
    assert.deepEqual([kept.exitCode, kept.stdout], [0, 'backup "kept" deleted\n']);
    assert.ok(kept.stderr.includes(`${namespace.name}/${name}, content `), kept.stderr);
    const unsure = await ark.run(words);
    assert.equal(unsure.exitCode, 2);
    assert.match(unsure.stderr, /may be of a backup in another store/);
    assert.equal((await snapshotsLeft()).length, 2);
  });

  test("removes what a run that was killed has left, and nothing of another backup", async () => {
    const others = await snapshotsLeft();
    const running = ark.start(["backup", "killed", ...scope, "--snapshot-class=loop-slow"]);
    await eventually("the snapshot of the run", async () => {
      return (await snapshotsLeft()).length > others.length ? true : undefined;
    });
    running.signal("SIGKILL");
    await running.ended;
    const words = ["backup", "delete", "killed", "--confirm"];
    const { exitCode, stdout, stderr } = await ark.run(words);
    assert.deepEqual([exitCode, stdout], [0, 'leftovers of backup "killed" deleted\n'], stderr);
    assert.match(stderr, /by a run that has ended/);
    assert.deepEqual(await snapshotsLeft(), others);
    const again = await ark.run(words);
    assert.equal(again.exitCode, 1);
    assert.match(again.stderr, /there is no backup "killed"/);
  });
});
