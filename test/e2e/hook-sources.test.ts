import assert from "node:assert/strict";
import { before, test } from "node:test";
import { installArk } from "./support/cli.ts";
import { kubectl, useNamespace } from "./support/cluster.ts";
import {
  aDocument,
  anExec,
  aRow,
  assertCompleted,
  assertPartiallyFailed,
  backUpRow,
  bystander,
  hookOf,
  outcomes,
  type RowResult,
} from "./support/hook-rows.ts";

const namespace = await useNamespace("sources");
const ark = await installArk();
const backUp = (row: string, document?: unknown): Promise<RowResult> =>
  backUpRow(ark, namespace, row, { document });
const say = (word: string): string => JSON.stringify(["echo", word]);
const heptio = "hook.backup.ark.heptio.com";
const velero = "hook.backup.velero.io";

function annotated(row: string, annotations: Record<string, string>): unknown {
  return aRow(row, {}, { annotations });
}

before(async () => {
  const twoContainers = { containers: [{ name: "first" }, { name: "second" }] };
  const sidecar = { containers: [{ name: "main" }, { name: "helper", sidecar: true }] };
  const done = { restartPolicy: "Never", containers: [{ script: "exit 0" }] } as const;
  await namespace.apply(
    bystander,
    aRow("completed", undefined, done),
    aRow("two-in-a-spec", {}),
    aRow("stops-at-second", {}),
    aRow("post-goes-on", {}),
    aRow("first-container", {}, twoContainers),
    annotated("over-spec", { [`pre.${heptio}/command`]: say("annotation") }),
    annotated("legacy", { [`${heptio}/command`]: say("legacy") }),
    annotated("velero", {
      [`pre.${velero}/command`]: say("velero"),
      [`post.${velero}/command`]: say("velero too"),
    }),
    annotated("both-families", {
      [`pre.${velero}/command`]: say("velero"),
      [`pre.${heptio}/command`]: say("ark"),
    }),
    annotated("odd-values", {
      [`pre.${heptio}/command`]: say("hello"),
      [`pre.${heptio}/on-error`]: "fail",
      [`pre.${heptio}/timeout`]: "5 minutes",
    }),
    aRow("in-a-sidecar", { pre: ["echo", "hi"], settings: { "pre.container": "helper" } }, sidecar),
  );
  await namespace.podsReady("row!=completed");
  const over = ["--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s"];
  await kubectl(["wait", "pod", "completed", ...over, "-n", namespace.name]);
});

test("a completed pod is in the backup; its hooks are skipped with a note", async () => {
  const row = await backUp("completed");
  assertCompleted(row);
  assert.deepEqual(outcomes(row.record), ["pre skipped PodCompleted", "post skipped PodCompleted"]);
  assert.equal(row.isArchived, true);
  assert.match(row.stderr, /pre hook .*: skipped: the pod is in phase Succeeded/);
  assert.match(row.details, /pre hook .*: the pod is in phase Succeeded: nothing runs in it/);
});

test("two hooks of a spec run in their order, both phases", async () => {
  const row = await backUp(
    "two-in-a-spec",
    aDocument(
      "two-in-a-spec",
      { name: "one", pre: [anExec(["echo", "1"])], post: [anExec(["echo", "3"])] },
      { name: "two", pre: [anExec(["echo", "2"])], post: [anExec(["echo", "4"])] },
    ),
  );
  assertCompleted(row);
  const said = row.record.hooks.map(({ name, phase, stdout }) => [name, phase, stdout.text]);
  assert.deepEqual(said, [
    ["one", "pre", "1\n"],
    ["two", "pre", "2\n"],
    ["one", "post", "3\n"],
    ["two", "post", "4\n"],
  ]);
});

test("after a pre hook failed the next is skipped, and the post hooks run", async () => {
  const pre = [anExec(["true"]), anExec(["sh", "-c", "exit 7"]), anExec(["echo", "never"])];
  const row = await backUp(
    "stops-at-second",
    aDocument("stops-at-second", { name: "three", pre, post: [anExec(["echo", "thawed"])] }),
  );
  assertPartiallyFailed(row);
  assert.deepEqual(outcomes(row.record), [
    "pre succeeded",
    "pre failed 7",
    "pre skipped EarlierHookFailed",
    "post succeeded",
  ]);
  assert.equal(hookOf(row.record, "post").stdout.text, "thawed\n");
  assert.equal(row.isArchived, false);
});

test("after a post hook failed the next one runs all the same", async () => {
  const post = [anExec(["sh", "-c", "exit 7"]), anExec(["echo", "thawed"])];
  const row = await backUp(
    "post-goes-on",
    aDocument("post-goes-on", { name: "thaws", pre: [anExec(["true"])], post }),
  );
  assertPartiallyFailed(row);
  assert.deepEqual(outcomes(row.record), ["pre succeeded", "post failed 7", "post succeeded"]);
  assert.equal(row.isArchived, true);
});

test("a spec hook without a container runs in the first one", async () => {
  const hooks = { name: "here", pre: [anExec(["true"])], post: [] };
  const row = await backUp("first-container", aDocument("first-container", hooks));
  assertCompleted(row);
  assert.equal(hookOf(row.record, "pre").container, "first");
});

test("an annotation takes the place of the spec's hooks in its phase only", async () => {
  const hooks = { name: "spec", pre: [anExec(["echo", "spec"])], post: [anExec(["echo", "spec"])] };
  const row = await backUp("over-spec", aDocument("over-spec", hooks));
  assertCompleted(row);
  const said = row.record.hooks.map(({ source, phase, stdout }) => [source, phase, stdout.text]);
  assert.deepEqual(said, [
    ["annotation", "pre", "annotation\n"],
    ["spec", "post", "spec\n"],
  ]);
});

test("Ark's key without a phase is a pre hook, and deprecated", async () => {
  const row = await backUp("legacy");
  assertCompleted(row);
  assert.deepEqual(outcomes(row.record), ["pre succeeded"]);
  assert.equal(hookOf(row.record, "pre").stdout.text, "legacy\n");
  assert.match(row.stdout, /^warning: .*hook\.backup\.ark\.heptio\.com\/command is deprecated/m);
});

test("Velero's keys are read too", async () => {
  const row = await backUp("velero");
  assertCompleted(row);
  const said = row.record.hooks.map(({ phase, stdout }) => [phase, stdout.text]);
  assert.deepEqual(said, [
    ["pre", "velero\n"],
    ["post", "velero too\n"],
  ]);
});

test("Ark's keys win over Velero's, and a warning says so", async () => {
  const row = await backUp("both-families");
  assertCompleted(row);
  assert.equal(hookOf(row.record, "pre").stdout.text, "ark\n");
  assert.match(row.stdout, /^warning: .*pre\.hook\.backup\.velero\.io\/command is ignored/m);
});

test("values that are none are warned about and replaced by Fail and 30s", async () => {
  const row = await backUp("odd-values");
  assertCompleted(row);
  const { onError, timeoutSeconds } = hookOf(row.record, "pre");
  assert.deepEqual([onError, timeoutSeconds], ["Fail", 30]);
  assert.match(row.stdout, /^warning: .*"fail"/m);
  assert.match(row.stdout, /^warning: .*timeout "5 minutes" is not a duration/m);
});

test("a hook can run in a native sidecar", async () => {
  const row = await backUp("in-a-sidecar");
  assertCompleted(row);
  assert.equal(hookOf(row.record, "pre").container, "helper");
});

test("a hook of the spec that matches no pod is an error of its own", async () => {
  const document = aDocument("nobody", { name: "lonely", pre: [anExec(["true"])] });
  const row = await backUp("legacy-again", document);
  assertPartiallyFailed(row);
  assert.match(row.stdout, /^error: hook lonely of the backup's spec matches no pod$/m);
  assert.match(row.description, /hook lonely of the backup's spec matches no pod/);
});

test("--hooks=false runs none, and --hooks=true wants one", async () => {
  const inside = ["-n", namespace.name];
  const legacy = [...inside, "-l", "row in (legacy, all)"];
  const without = await ark.run(["backup", "no-hooks", ...legacy, "--hooks=false"]);
  assert.equal(without.exitCode, 0);
  assert.deepEqual((await ark.record("no-hooks")).hooks, []);
  const wanted = await ark.run([
    "backup",
    "some-hooks",
    ...inside,
    "-l",
    "row=all",
    "--hooks=true",
  ]);
  assert.equal(wanted.exitCode, 3);
  assert.match(wanted.stdout, /^error: hooks were asked for \(--hooks\), but no pod/m);
});
