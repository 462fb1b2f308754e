import assert from "node:assert/strict";
import { before, test } from "node:test";
import { installArk } from "./support/cli.ts";
import { useNamespace } from "./support/cluster.ts";
import { eventually, type Ran } from "./support/process.ts";
import { lacksSnapshots, needsRecovery, volumesOf } from "./support/snapshots.ts";
import {
  applyWriterExample,
  assertWritable,
  longestGap,
  readLines,
  volumeImage,
} from "./support/writer-app.ts";

const namespace = await useNamespace("freeze");
const ark = await installArk();
const thaw = "sleep 4; fsfreeze --unfreeze /data";
let result: Ran;
/** Whether the volume's journal was in use before the backup, between its hooks and after it. */
let inUse: { before: boolean; frozen: boolean; after: boolean } | undefined;

before(async () => {
  await applyWriterExample(namespace);
  const target = ["-n", namespace.name, "pod/writer", "--container", "fsfreeze"];
  const hooks = ["--pre", "fsfreeze --freeze /data", "--post", `sh -c '${thaw}'`];
  const { exitCode, stderr } = await ark.run(["hooks", "set", ...target, ...hooks]);
  assert.equal(exitCode, 0, stderr);
  const image = await volumeImage(namespace, "data");
  const isInUse = async (): Promise<boolean> => image !== undefined && (await needsRecovery(image));
  const beforeBackup = await isInUse();
  const backup = ark.start(["backup", "frozen", "-n", namespace.name]);
  await backup.seen(/^pre hook .*: succeeded/m);
  const frozen = await isInUse();
  result = await backup.ended;
  if (image !== undefined) inUse = { before: beforeBackup, frozen, after: await isInUse() };
});

test("the backup says what it covers, then what became of it", () => {
  const { exitCode, stdout, stderr } = result;
  assert.equal(exitCode, 0, stdout + stderr);
  const scope = `Backing up namespace ${namespace.name} of context .* as frozen to file:///`;
  assert.match(stderr, new RegExp(`^${scope}`));
  assert.match(stdout, /^Backup frozen Completed: .* 2 hooks, .*longest freeze [45]\.\d s/);
});

test("a writer blocks between the pre and the post hook, and goes on after", async () => {
  await assertWritable(namespace);
  const lines = await eventually("lines after the freeze", async () => {
    const written = await readLines(namespace);
    return longestGap(written).linesAfter > 5 ? written : undefined;
  });
  const { quiescedSeconds = 0 } = (await ark.record("frozen")).blocks[0] ?? {};
  assert.ok(quiescedSeconds >= 4, `frozen for ${quiescedSeconds} s`);
  // Whole seconds on the one side, and a write that was let through late on the other.
  const { seconds } = longestGap(lines);
  assert.ok(seconds >= 3 && seconds <= quiescedSeconds + 2, `a gap of ${seconds} s`);
  const numbers = lines.map(({ number }) => number);
  const unbroken = numbers.map((_, index) => index + 1);
  assert.deepEqual(numbers, unbroken, "no line is lost");
});

test("the volume is clean on disk while it is frozen, and in use again afterwards", (t) => {
  if (inUse === undefined) {
    t.skip("ARK_CLUSTER_DIR does not say where this cluster keeps its volumes as disk images");
    return;
  }
  assert.deepEqual(inUse, { before: true, frozen: false, after: true });
});

test("the record says where, what and how long, and which pods and claims were one block", async () => {
  const { hooks, blocks, phase, errors } = await ark.record("frozen");
  assert.deepEqual([phase, errors], ["Completed", []]);
  const facts = hooks.map(({ phase: hookPhase, pod, container, command, exitCode }) => {
    return { hookPhase, pod, container, command, exitCode };
  });
  const place = { pod: "writer", container: "fsfreeze", exitCode: 0 };
  assert.deepEqual(facts, [
    { hookPhase: "pre", ...place, command: ["fsfreeze", "--freeze", "/data"] },
    { hookPhase: "post", ...place, command: ["sh", "-c", thaw] },
  ]);
  const [pre, post] = hooks;
  assert.ok((post?.durationSeconds ?? 0) >= 4 && (pre?.durationSeconds ?? 9) < 4);
  assert.deepEqual(
    blocks.map(({ pods, claims, failedPods }) => ({ pods, claims, failedPods })),
    [{ pods: [`${namespace.name}/writer`], claims: [`${namespace.name}/data`], failedPods: [] }],
  );
});

test("the volume is snapshotted, or a warning says that its data is not in the backup, and why", async () => {
  const record = await ark.record("frozen");
  const claim = `${namespace.name}/data`;
  const [volume] = volumesOf(record);
  assert.equal(volume?.claim, claim);
  if (await lacksSnapshots()) {
    const [warning] = record.warnings;
    assert.ok(
      warning?.message.startsWith(`the data of this claim is not in the backup: ${claim} (`),
    );
    assert.ok(result.stdout.includes(`warning: ${warning?.message}\n`));
  } else {
    assert.deepEqual([volume?.result, record.warnings], ["captured", []]);
    const { cutTimestamp = "" } = volume?.snapshot ?? {};
    const [pre, post] = record.hooks;
    assert.ok(
      cutTimestamp > (pre?.startTimestamp ?? "~") && cutTimestamp < (post?.startTimestamp ?? ""),
    );
  }
});

test("describe shows each hook with its outcome and time", async () => {
  const { stdout } = await ark.run(["backup", "describe", "frozen"]);
  assert.match(stdout, /^Phase: +Completed$/m);
  const place = `${namespace.name}/writer +fsfreeze`;
  const pre = `^ +pre +${place} +fsfreeze --f.* +succeeded +[\\d.]+ m?s +0$`;
  assert.match(stdout, new RegExp(pre, "m"));
  assert.match(stdout, new RegExp(`^ +post +${place} +sh -c .* +succeeded +4\\.\\d s +0$`, "m"));
});
