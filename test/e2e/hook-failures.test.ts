import assert from "node:assert/strict";
import { before, test } from "node:test";
import { installArk } from "./support/cli.ts";
import { useNamespace } from "./support/cluster.ts";
import {
  aRow,
  assertPartiallyFailed,
  backUpRow,
  bystander,
  hookOf,
  outcomes,
  type RowResult,
  sayResumed,
} from "./support/hook-rows.ts";

const namespace = await useNamespace("failures");
const ark = await installArk();
const backUp = (row: string): Promise<RowResult> => backUpRow(ark, namespace, row);
const preCommand = "pre.hook.backup.ark.heptio.com/command";
const exitWith1 = ["sh", "-c", "echo broken >&2; exit 1"];

before(async () => {
  const post = sayResumed;
  await namespace.apply(
    bystander,
    aRow("wrong-container", { pre: ["true"], post, settings: { "pre.container": "nope" } }),
    aRow("empty-command", { pre: [], post }),
    aRow("exit-1-fail", { pre: exitWith1, post }),
    aRow("exit-1-continue", { pre: exitWith1, post, settings: { "pre.on-error": "Continue" } }),
    aRow("too-slow", {
      pre: ["sh", "-c", "echo begun; sleep 600"],
      post,
      settings: { "pre.timeout": "2s" },
    }),
    aRow("bad-json", { post }, { annotations: { [preCommand]: "[blarg" } }),
    aRow("one-word", { post }, { annotations: { [preCommand]: "echo not split" } }),
    aRow("post-fails", { pre: ["true"], post: exitWith1 }),
  );
  await namespace.podsReady();
  // Never Ready, so it comes after the others are.
  const nowhere = { nodeSelector: { "ark-e2e": "no-such-node" } };
  await namespace.apply(aRow("pending", { pre: ["true"], post }, nowhere));
});

const notArchived = /the pod is not in the backup, because a pre hook failed/;

test("a wrong container: in error, nothing ran, so nothing is undone; the pod is left out", async () => {
  const row = await backUp("wrong-container");
  assertPartiallyFailed(row);
  assert.deepEqual(outcomes(row.record), ["pre failed NoSuchContainer"]);
  assert.equal(hookOf(row.record, "pre").started, false);
  assert.equal(row.isArchived, false);
  assert.match(row.stdout, /no such container: "nope"; the pod has main/);
  assert.match(row.description, /no such container: "nope"; the pod has main/);
  assert.match(row.description, notArchived);
});

test("an empty command is a hook in error, not an absent one", async () => {
  const row = await backUp("empty-command");
  assertPartiallyFailed(row);
  assert.deepEqual(outcomes(row.record), ["pre failed EmptyCommand"]);
  assert.equal(row.isArchived, false);
  assert.match(row.description, /command is required/);
});

test("exit 1 with Fail: the pod is left out, and its post hook runs", async () => {
  const row = await backUp("exit-1-fail");
  assertPartiallyFailed(row);
  assert.deepEqual(outcomes(row.record), ["pre failed 1", "post succeeded"]);
  assert.equal(hookOf(row.record, "pre").stderr.text, "broken\n");
  assert.equal(hookOf(row.record, "post").stdout.text, "resumed\n");
  assert.equal(row.isArchived, false);
  assert.match(row.stdout, /command terminated with exit code 1/);
  assert.match(row.stdout, notArchived);
  assert.match(row.description, /command terminated with exit code 1\n +stderr:\n +broken$/m);
});

test("exit 1 with Continue: counted, but the pod is in the backup", async () => {
  const row = await backUp("exit-1-continue");
  assertPartiallyFailed(row);
  assert.deepEqual(outcomes(row.record), ["pre failed 1", "post succeeded"]);
  assert.equal(row.record.errors.length, 1);
  assert.equal(row.isArchived, true);
  assert.match(row.description, /command terminated with exit code 1/);
  assert.doesNotMatch(row.description, notArchived);
});

test("a time-out ends the wait on time, keeps the output so far, and the post hook runs", async () => {
  const row = await backUp("too-slow");
  assertPartiallyFailed(row);
  assert.deepEqual(outcomes(row.record), ["pre failed Timeout", "post succeeded"]);
  const { durationSeconds, stdout } = hookOf(row.record, "pre");
  assert.ok(durationSeconds >= 1.5 && durationSeconds <= 2.5, `after ${durationSeconds} s`);
  assert.equal(stdout.text, "begun\n");
  assert.equal(row.isArchived, false);
  assert.match(
    row.description,
    /timed out after 2s; the process was ended \(TERM\)\n +stdout:\n +begun$/m,
  );
});

test("broken JSON is the name of a program, which there is not", async () => {
  const row = await backUp("bad-json");
  assertPartiallyFailed(row);
  assert.deepEqual(hookOf(row.record, "pre").command, ["[blarg"]);
  assert.equal(hookOf(row.record, "pre").status, "failed");
  assert.equal(row.isArchived, false);
  assert.match(row.description, /\[blarg.*not found/);
  assert.match(row.stdout, /^warning: .*"\[blarg" is no JSON array of texts/m);
});

test("a plain text is not split, and a warning says so", async () => {
  const row = await backUp("one-word");
  assertPartiallyFailed(row);
  assert.deepEqual(hookOf(row.record, "pre").command, ["echo not split"]);
  assert.equal(row.isArchived, false);
  assert.match(row.stdout, /^warning: .*"echo not split" is one word, spaces included/m);
});

test("a post hook that fails is counted, and the pod stays in the backup", async () => {
  const row = await backUp("post-fails");
  assertPartiallyFailed(row);
  assert.deepEqual(outcomes(row.record), ["pre succeeded", "post failed 1"]);
  assert.equal(row.isArchived, true);
  assert.match(row.description, /post hook <from-annotation> in \S+: command terminated/);
});

test("the hooks of a pod that does not run yet are in error", async () => {
  const row = await backUp("pending");
  assertPartiallyFailed(row);
  assert.deepEqual(outcomes(row.record), ["pre failed ContainerNotRunning"]);
  assert.equal(row.isArchived, false);
  assert.match(row.description, /container "main" is not running \(the pod is Pending\)/);
});

test("a backup with nothing in it has Failed", async () => {
  const scope = ["-n", namespace.name, "-l", "row=exit-1-fail"];
  const { exitCode, stdout } = await ark.run(["backup", "nothing", ...scope]);
  assert.equal(exitCode, 1);
  assert.match(stdout, /^Backup nothing Failed: 0 objects/);
  assert.equal((await ark.record("nothing")).phase, "Failed");
});
