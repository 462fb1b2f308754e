import assert from "node:assert/strict";
import { before, test } from "node:test";
import { unpack } from "./support/archive.ts";
import { installArk } from "./support/cli.ts";
import { kubectl, kubectlJson, useNamespace } from "./support/cluster.ts";
import { eventually } from "./support/process.ts";
import { lacksSnapshots, volumesOf } from "./support/snapshots.ts";
import { applyWriterExample, assertWritable } from "./support/writer-app.ts";

const skip = await lacksSnapshots();
const namespace = await useNamespace("snapfail");
const ark = await installArk();
const scope = ["-n", namespace.name, "--include-resources=pods,pvc"];

type Named = { readonly items: readonly { readonly metadata: { readonly name: string } }[] };

before(async () => {
  await applyWriterExample(namespace);
  const target = ["-n", namespace.name, "pod/writer", "--container", "fsfreeze"];
  const hooks = ["--pre", "fsfreeze --freeze /data", "--post", "fsfreeze --unfreeze /data"];
  const { exitCode, stderr } = await ark.run(["hooks", "set", ...target, ...hooks]);
  assert.equal(exitCode, 0, stderr);
});

/** Names of the namespace's snapshots, and of contents that point into it. */
async function snapshotsLeft(): Promise<string[]> {
  const snapshots = await kubectlJson<Named>(["get", "volumesnapshots", "-n", namespace.name]);
  const contents = await kubectl(["get", "volumesnapshotcontents", "-o", "name"]);
  const mine = `jsonpath={.spec.volumeSnapshotRef.namespace}`;
  const names = snapshots.items.map(({ metadata }) => metadata.name);
  for (const content of contents.split("\n").filter((line) => line !== "")) {
    const place = await kubectl(["get", content, "-o", mine, "--ignore-not-found"]);
    if (place === namespace.name) names.push(content);
  }
  return names;
}

/** A snapshot that is being cut can only go when that is over: the driver is busy with it. */
async function nothingMoreThan(expected: readonly string[]): Promise<void> {
  await eventually("the removal of the snapshots", async () => {
    const left = await snapshotsLeft();
    return left.every((name) => expected.includes(name)) ? true : undefined;
  });
  assert.deepEqual(await snapshotsLeft(), expected);
}

test(
  "a failing snapshot: thawed at once, PartiallyFailed with the driver's words, nothing left",
  { skip },
  async () => {
    const { exitCode, stdout } = await ark.run([
      "backup",
      "failing",
      ...scope,
      "--snapshot-class=loop-failing",
    ]);
    assert.equal(exitCode, 3, stdout);
    assert.match(stdout, /its volume was not captured: .*the snapshot class asks for a failure/);
    await assertWritable(namespace);
    const record = await ark.record("failing");
    assert.deepEqual(
      [record.phase, record.hooks.map(({ phase, status }) => `${phase} ${status}`)],
      ["PartiallyFailed", ["pre succeeded", "post succeeded"]],
    );
    assert.ok((record.blocks[0]?.quiescedSeconds ?? 99) < 4);
    assert.deepEqual(
      volumesOf(record).map(({ result }) => result),
      ["failed"],
    );
    await nothingMoreThan([]);
    const claim = `resources/persistentvolumeclaims/namespaces/${namespace.name}/data.json`;
    assert.doesNotMatch(await (await unpack(ark, "failing")).read(claim), /volume-snapshot-name/);
  },
);

test(
  "a slow snapshot is waited for until it is cut, then the pod is thawed",
  { skip },
  async () => {
    const { exitCode, stdout } = await ark.run([
      "backup",
      "slow",
      ...scope,
      "--snapshot-class=loop-slow",
    ]);
    assert.equal(exitCode, 0, stdout);
    const { quiescedSeconds = 0 } = (await ark.record("slow")).blocks[0] ?? {};
    assert.ok(quiescedSeconds >= 5 && quiescedSeconds < 8, `frozen for ${quiescedSeconds} s`);
  },
);

test("max-freeze ends the wait for a slow snapshot, which is removed", { skip }, async () => {
  const earlier = await snapshotsLeft();
  const flags = ["--snapshot-class=loop-slow", "--max-freeze=2s"];
  const { exitCode, stdout } = await ark.run(["backup", "late", ...scope, ...flags]);
  assert.equal(exitCode, 3, stdout);
  await assertWritable(namespace);
  const { blocks } = await ark.record("late");
  assert.ok((blocks[0]?.quiescedSeconds ?? 99) < 4);
  await nothingMoreThan(earlier);
});

test(
  "Ctrl-C while a snapshot is cut thaws the pod, removes the snapshot and stores nothing",
  { skip },
  async () => {
    const earlier = await snapshotsLeft();
    const backup = ark.start(["backup", "interrupted", ...scope, "--snapshot-class=loop-slow"]);
    await backup.seen(/^pre hook .*: succeeded/m);
    backup.signal("SIGINT");
    const { exitCode } = await backup.ended;
    assert.equal(exitCode, 130);
    await assertWritable(namespace);
    await nothingMoreThan(earlier);
    assert.equal((await ark.run(["backup", "describe", "interrupted"])).exitCode, 1);
  },
);

test("what a killed backup has left is removed by the next one", { skip }, async () => {
  const earlier = await snapshotsLeft();
  const backup = ark.start(["backup", "killed", ...scope, "--snapshot-class=loop-slow"]);
  await backup.seen(/^pre hook .*: succeeded/m);
  await eventually("its snapshot", async () => {
    const now = await snapshotsLeft();
    return now.length > earlier.length ? true : undefined;
  });
  backup.signal("SIGKILL");
  await backup.ended;
  await eventually("the guard's thaw", async () => {
    await assertWritable(namespace);
    return true;
  });
  const { exitCode, stdout } = await ark.run([
    "backup",
    "after",
    ...scope,
    "--snapshot-volumes=false",
  ]);
  assert.equal(exitCode, 0, stdout);
  assert.ok((await snapshotsLeft()).length > earlier.length, "left alone by one without volumes");
  assert.equal((await ark.run(["backup", "next", ...scope])).exitCode, 0);
  const made = volumesOf(await ark.record("next")).flatMap(({ snapshot }) => [
    snapshot?.name ?? "",
    `volumesnapshotcontent.snapshot.storage.k8s.io/${snapshot?.contentName ?? ""}`,
  ]);
  const expected = [...earlier, ...made];
  await eventually("the removal of the leftovers", async () => {
    const left = await snapshotsLeft();
    return left.every((name) => expected.includes(name)) ? true : undefined;
  });
});
