import assert from "node:assert/strict";
import { before, test } from "node:test";
import { installArk } from "./support/cli.ts";
import { kubectl, useNamespace } from "./support/cluster.ts";
import { aPod } from "./support/manifests.ts";
import type { Ran } from "./support/process.ts";

const namespace = await useNamespace("hooks");
const ark = await installArk();
const inside = ["-n", namespace.name];
const preKey = "pre.hook.backup.ark.heptio.com";
const postKey = "post.hook.backup.ark.heptio.com";

before(async () => {
  await namespace.apply(
    aPod("db-0", { labels: { app: "db" }, containers: [{ name: "db" }, { name: "log" }] }),
    aPod("db-1", { labels: { app: "db" }, containers: [{ name: "db" }, { name: "log" }] }),
    aDeployment("web"),
  );
  await kubectl(["rollout", "status", "deployment/web", "--timeout=110s", ...inside]);
  await namespace.podsReady();
});

function aDeployment(name: string): unknown {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: { selector: { matchLabels: labels }, template: aTemplate(labels) },
  };
}

function aTemplate(labels: Record<string, string>): unknown {
  const pod: unknown = aPod("", { labels });
  assert.ok(typeof pod === "object" && pod !== null && "spec" in pod);
  return { metadata: { labels }, spec: pod.spec };
}

function hooks(...words: readonly string[]): Promise<Ran> {
  return ark.run(["hooks", ...words, ...inside]);
}

/** The hook annotations of an object, or of what is at `path` in it. */
async function annotationsOf(path: string, object: string): Promise<Record<string, string>> {
  const words = ["get", object, ...inside, "-o", `jsonpath={${path}.metadata.annotations}`];
  const text = await kubectl(words);
  const annotations: Record<string, string> = text === "" ? {} : JSON.parse(text);
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => key.includes(".hook.")));
}

test("set splits a command as a shell would, and a backup runs what was set", async () => {
  const command = ["--pre", "echo 'two words'", "--post", '["echo","[json]"]'];
  const set = await hooks("set", "pod/db-0", "-c", "log", ...command, "--timeout", "1m");
  assert.equal(set.exitCode, 0, set.stderr);
  assert.deepEqual(await annotationsOf("", "pod/db-0"), {
    [`${preKey}/command`]: '["echo","two words"]',
    [`${preKey}/container`]: "log",
    [`${preKey}/timeout`]: "1m",
    [`${postKey}/command`]: '["echo","[json]"]',
    [`${postKey}/container`]: "log",
    [`${postKey}/timeout`]: "1m",
  });
  const { exitCode } = await ark.run(["backup", "both-phases", ...inside, "-l", "app=db"]);
  assert.equal(exitCode, 0);
  const record = await ark.record("both-phases");
  assert.deepEqual(
    record.hooks.map(({ container, stdout }) => [container, stdout.text]),
    [
      ["log", "two words\n"],
      ["log", "[json]\n"],
    ],
  );
});

test("get shows what a backup would run", async () => {
  const { exitCode, stdout } = await hooks("get", "pod/db-0");
  assert.equal(exitCode, 0);
  assert.match(stdout, /db-0 .*pre .*log .*echo/);
  const json = await hooks("get", "pod/db-0", "-o", "json");
  assert.doesNotThrow(() => JSON.parse(json.stdout) as unknown);
});

test("set by label changes every pod, with the command after --", async () => {
  const words = [
    "set",
    "pods",
    "-l",
    "app=db",
    ...inside,
    "--phase",
    "pre",
    "--",
    "sh",
    "-c",
    "a b",
  ];
  const { exitCode, stderr } = await ark.run(["hooks", ...words]);
  assert.equal(exitCode, 0, stderr);
  for (const pod of ["pod/db-0", "pod/db-1"]) {
    const annotations = await annotationsOf("", pod);
    assert.equal(annotations[`${preKey}/command`], '["sh","-c","a b"]');
  }
});

test("unset removes the hooks, and --dry-run nothing", async () => {
  const dry = await hooks("unset", "pod/db-0", "--dry-run=server");
  assert.equal(dry.exitCode, 0, dry.stderr);
  assert.notDeepEqual(await annotationsOf("", "pod/db-0"), {});
  assert.equal((await hooks("unset", "pod/db-0")).exitCode, 0);
  assert.deepEqual(await annotationsOf("", "pod/db-0"), {});
});

test("a workload's pods are replaced, so it asks first; then the new pods have the hook", async () => {
  const words = ["set", "deployment/web", "--pre", "echo quiesced"];
  const unsure = await hooks(...words);
  assert.equal(unsure.exitCode, 2);
  assert.match(unsure.stderr, /--yes/);
  assert.deepEqual(await annotationsOf(".spec.template", "deployment/web"), {});
  const sure = await hooks(...words, "--yes");
  assert.equal(sure.exitCode, 0, sure.stderr);
  await kubectl(["rollout", "status", "deployment/web", "--timeout=110s", ...inside]);
  const backup = ["backup", "web", ...inside, "-l", "app=web", "--include-resources=pods"];
  const { stdout } = await ark.run(backup);
  assert.match(stdout, /^Backup web Completed: /);
  const { hooks: ran } = await ark.record("web");
  assert.ok(ran.some(({ stdout: { text } }) => text === "quiesced\n"));
});

test("all targets are checked before the first is changed", async () => {
  const earlier = await annotationsOf("", "pod/db-1");
  const { exitCode, stderr } = await hooks("set", "pod/db-1", "pod/db-9", "--post", "echo late");
  assert.equal(exitCode, 1);
  assert.match(stderr, /^error: pod\/db-9: .*not found.*; nothing was changed$/m);
  assert.deepEqual(await annotationsOf("", "pod/db-1"), earlier);
});
