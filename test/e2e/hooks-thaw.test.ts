import assert from "node:assert/strict";
import { before, beforeEach, test } from "node:test";
import { installArk } from "./support/cli.ts";
import { kubectl, useNamespace } from "./support/cluster.ts";
import { hookAnnotations } from "./support/manifests.ts";
import { beforeTheEnd, type Ran, runProcess } from "./support/process.ts";
import { applyWriterExample, assertWritable } from "./support/writer-app.ts";

const namespace = await useNamespace("thaw");
const ark = await installArk();
const inside = ["-n", namespace.name];
const pod = `${namespace.name}/writer`;

before(() => startWriter());

beforeEach(() => namespace.exec("writer", "fsfreeze", ["rm", "-f", "/tmp/begun"]));

/** The example's pod, whose pre hook freezes, says so, and does not end. */
async function startWriter(): Promise<void> {
  await applyWriterExample(namespace);
  const hooks = hookAnnotations({
    pre: ["sh", "-c", "fsfreeze --freeze /data && touch /tmp/begun && sleep 600"],
    post: ["fsfreeze", "--unfreeze", "/data"],
    settings: { "pre.container": "fsfreeze", "post.container": "fsfreeze", "pre.timeout": "5m" },
  });
  const pairs = Object.entries(hooks).map(([key, value]) => `${key}=${value}`);
  await kubectl(["annotate", ...inside, "pod/writer", ...pairs]);
}

/** A backup without a guard that is killed with -9 while the volume is frozen. */
async function killInMidFreeze(): Promise<void> {
  const backup = ark.start(["backup", "killed", ...inside, "--guard=off"]);
  await beforeTheEnd(backup, namespace.fileExists("writer", "fsfreeze", "/tmp/begun"));
  const listed = await thaw();
  assert.match(listed.stdout, new RegExp(`${pod} .* alive$`, "m"), listed.stderr);
  const skipped = await thaw("--all");
  assert.match(skipped.stderr, /^skipped .*: backup killed is still running \(process \d+\)/);
  backup.signal("SIGKILL");
  assert.equal((await backup.ended).exitCode, null);
  assert.ok(await isFrozen(), "nothing else thaws it");
}

/** Whether a write does not come back within a second; it cannot be broken off, so nobody waits for it. */
async function isFrozen(): Promise<boolean> {
  const write = "(echo probe > /data/probe; touch /tmp/written) > /dev/null 2>&1 &";
  const script = `rm -f /tmp/written; ${write} sleep 1; test ! -e /tmp/written`;
  const words = ["exec", ...inside, "writer", "-c", "fsfreeze", "--", "sh", "-c", script];
  return (await runProcess("kubectl", words)).exitCode === 0;
}

function thaw(...words: readonly string[]): Promise<Ran> {
  return ark.run(["hooks", "thaw", ...words]);
}

test("after kill -9 in mid-freeze, hooks thaw lists the pod, and --all thaws it", async () => {
  await killInMidFreeze();
  const listed = await thaw();
  assert.equal(listed.exitCode, 0, listed.stderr);
  const row = `^\\S+ +${pod} +\\S+Z \\(\\d+s\\) +killed +fsfreeze --unfreeze /data +gone$`;
  assert.match(listed.stdout, new RegExp(row, "m"));
  assert.ok(await isFrozen(), "a list changes nothing");
  const thawed = await thaw("--all");
  assert.deepEqual([thawed.exitCode, thawed.stdout], [0, `pod ${pod} thawed\n`], thawed.stderr);
  await assertWritable(namespace);
  const after = await thaw();
  assert.equal(after.exitCode, 0);
  assert.match(after.stderr, /^Nothing is left frozen by kubectl-ark on https:/);
});

test("the next backup warns first, and its own post hook thaws the pod and closes the entry", async () => {
  await killInMidFreeze();
  const backup = await ark.run(["backup", "next", ...inside, "--guard=off"]);
  // A volume that is frozen cannot be frozen again.
  assert.equal(backup.exitCode, 3, backup.stderr);
  const warning = `^warning: 1 pod may still be frozen since \\S+Z: ${pod}\\. See: kubectl ark hooks thaw`;
  assert.match(backup.stderr, new RegExp(warning, "m"));
  assert.ok(backup.stderr.search(/^warning: 1 pod/m) < backup.stderr.search(/^pre hook/m));
  const { warnings } = await ark.record("next");
  assert.ok(warnings.some(({ message }) => message.includes("may still be frozen")));
  await assertWritable(namespace);
  assert.match((await thaw()).stderr, /^Nothing is left frozen/);
});

test("a pod that was replaced is closed with a note, and nothing is run in the new one", async () => {
  await killInMidFreeze();
  // By hand: a frozen volume could not be taken down.
  await namespace.exec("writer", "fsfreeze", ["fsfreeze", "--unfreeze", "/data"]);
  await kubectl(["delete", "pod", "writer", ...inside, "--wait"]);
  await startWriter();
  const { exitCode, stdout } = await thaw("--all");
  assert.equal(exitCode, 0);
  assert.match(stdout, new RegExp(`^pod ${pod} closed: the pod was replaced, and nothing was run`));
  await assertWritable(namespace);
});
