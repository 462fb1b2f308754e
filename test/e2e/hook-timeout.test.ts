import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { BackupRecord, HookRecord } from "../../src/api/backup-record.ts";
import { installArk } from "./support/cli.ts";
import { kubectlJson, useNamespace } from "./support/cluster.ts";
import { aPod, hookAnnotations, type PodSpec } from "./support/manifests.ts";
import { eventually } from "./support/process.ts";

const namespace = await useNamespace("timeout");
const ark = await installArk();
const sleep = ["sleep", "600"];
const deaf = ["sh", "-c", 'trap "" TERM; echo deaf; sleep 601; true'];
const replaced = ["sh", "-c", 'trap "" TERM; sleep 600'];
const script = "/tmp/hook (mine).sh";
/** Ends as a program that its own pod runs under the same words. */
const sleepsItself = { script: "exec sleep 600" };

function aSlowPod(name: string, pre: readonly string[], spec: PodSpec = {}): unknown {
  const post = ["/bin/echo", "resumed"];
  const settings = { "pre.timeout": "2s" };
  return aPod(name, { ...spec, annotations: hookAnnotations({ pre, post, settings }) });
}

let record: BackupRecord;

before(async () => {
  const writesScript = `printf '#!/bin/sh\\necho "$1"\\nsleep 600\\ntrue\\n' >"${script}"
    chmod +x "${script}"; touch /tmp/written; while :; do sleep 1; done`;
  await namespace.apply(
    aSlowPod("plain", sleep),
    aSlowPod("deaf", deaf),
    aSlowPod("replaced", replaced),
    aSlowPod("script", [script, "so far"], { containers: [{ script: writesScript }] }),
    aSlowPod("same-words", sleep, { containers: [sleepsItself] }),
    aSlowPod("shared", sleep, {
      sharedProcesses: true,
      containers: [
        { name: "main", ...sleepsItself },
        { name: "other", ...sleepsItself },
      ],
    }),
    aSlowPod("no-shell", ["/bin/sleep", "600"], {
      containers: [{ script: "while :; do /bin/sleep 1; done", env: { PATH: "/nowhere" } }],
    }),
  );
  await namespace.podsReady();
  await namespace.fileExists("script", "main", "/tmp/written");
  const scope = ["-n", namespace.name, "--parallelism", "8"];
  const { exitCode, stdout, stderr } = await ark.run(["backup", "slow", ...scope]);
  assert.equal(exitCode, 3, stdout + stderr);
  record = await ark.record("slow");
});

function preHook(pod: string): HookRecord {
  const found = record.hooks.find((hook) => hook.pod === pod && hook.phase === "pre");
  assert.ok(found);
  assert.deepEqual([found.status, found.reason], ["failed", "Timeout"]);
  const { durationSeconds } = found;
  assert.ok(durationSeconds >= 1.5 && durationSeconds <= 2.5, `${pod}: ${durationSeconds} s`);
  const post = record.hooks.find((hook) => hook.pod === pod && hook.phase === "post");
  assert.equal(post?.status, "succeeded");
  return found;
}

/** Command lines of all processes of a container but the one that looks. */
async function processes(pod: string): Promise<string[]> {
  const each =
    'for p in /proc/[0-9]*; do [ ${p#/proc/} = $$ ] || tr "\\0" " " <$p/cmdline; echo; done';
  const said = await namespace.exec(pod, "main", ["/bin/busybox", "sh", "-c", each]);
  return said.split("\n").filter((line) => line !== "" && !line.startsWith("tr "));
}

const countOf = async (pod: string, words: string): Promise<number> =>
  (await processes(pod)).filter((line) => line.trim() === words).length;

test("a hook of sleep 600 fails after its 2 s, and no sleep is left", async () => {
  const { message, remoteProcess } = preHook("plain");
  assert.equal(message, "timed out after 2s; the process was ended (TERM)");
  assert.equal(remoteProcess, "ended");
  assert.equal(await countOf("plain", "sleep 600"), 0);
});

test("one that does not heed TERM is killed with its child, and its output so far is kept", async () => {
  const { message, remoteProcess, stdout } = preHook("deaf");
  assert.equal(message, "timed out after 2s; the process did not heed TERM and was killed");
  assert.deepEqual([remoteProcess, stdout.text], ["killed", "deaf\n"]);
  assert.doesNotMatch((await processes("deaf")).join("\n"), /sleep 601/);
});

test("a shell that replaced itself by its last command is found too", async () => {
  assert.equal(preHook("replaced").remoteProcess, "killed");
  assert.equal(await countOf("replaced", "sleep 600"), 0);
});

test("a script is found though its interpreter is what runs", async () => {
  const { remoteProcess, stdout } = preHook("script");
  assert.deepEqual([remoteProcess, stdout.text], ["ended", "so far\n"]);
  const left = (await processes("script")).join("\n");
  assert.doesNotMatch(left, /^sleep 600|^\/bin\/sh \/tmp/m);
});

test("a container's own process with the same words goes on", async () => {
  assert.equal(preHook("same-words").remoteProcess, "ended");
  assert.equal(await countOf("same-words", "sleep 600"), 1);
  assert.deepEqual(await restarts("same-words"), [0]);
});

test("so do those of a pod whose containers see each other's processes", async () => {
  assert.equal(preHook("shared").remoteProcess, "ended");
  assert.equal(await countOf("shared", "sleep 600"), 2);
  assert.deepEqual(await restarts("shared"), [0, 0]);
});

test("without a shell in the container, the report says that it may still run", async () => {
  const { message, remoteProcess } = preHook("no-shell");
  assert.equal(remoteProcess, "may still run");
  assert.match(message ?? "", /; the process could not be ended: no shell in the container$/);
  const { stdout } = await ark.run(["backup", "describe", "slow"]);
  assert.match(stdout, /no shell in the container/);
});

test("Ctrl-C ends the running hook's process too", async () => {
  const hooks = hookAnnotations({ pre: sleep, settings: { "pre.timeout": "60s" } });
  await namespace.apply(
    aPod("interrupted", { annotations: hooks, labels: { app: "interrupted" } }),
  );
  await namespace.podsReady("app=interrupted");
  const scope = ["-n", namespace.name, "-l", "app=interrupted"];
  const backup = ark.start(["backup", "broken-off", ...scope]);
  await eventually("the hook's process", async () =>
    (await countOf("interrupted", "sleep 600")) === 1 ? true : undefined,
  );
  backup.signal("SIGINT");
  const { exitCode, stderr } = await backup.ended;
  assert.equal(exitCode, 130);
  assert.match(stderr, /interrupted; the process was ended \(TERM\)/);
  assert.equal(await countOf("interrupted", "sleep 600"), 0);
});

async function restarts(pod: string): Promise<number[]> {
  type Status = { readonly containerStatuses: readonly { readonly restartCount: number }[] };
  const words = ["get", "pod", pod, "-n", namespace.name];
  const { status } = await kubectlJson<{ readonly status: Status }>(words);
  return status.containerStatuses.map(({ restartCount }) => restartCount);
}
