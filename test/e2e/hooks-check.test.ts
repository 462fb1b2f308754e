import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { split } from "shlex";
import { notChecked, programRules } from "../../src/hooks/check/program-rules.ts";
import { allRules } from "../../src/hooks/check/rules.ts";
import { hookFaults } from "../support/hook-faults.ts";
import { installArk } from "./support/cli.ts";
import { kubectl, useNamespace } from "./support/cluster.ts";
import { hookFaultManifests, laterAnnotations } from "./support/hook-fault-manifests.ts";
import { aPod, hookAnnotations } from "./support/manifests.ts";
import { eventually } from "./support/process.ts";
import { createRestrictedUser } from "./support/restricted-user.ts";

type Finding = Readonly<Record<"rule" | "kind" | "name" | "fix" | "severity", string>>;

const namespace = await useNamespace("hooks-check");
const ark = await installArk();
const inside = ["-n", namespace.name];

before(async () => {
  await namespace.apply(...hookFaultManifests);
  for (const [name = "", ...annotations] of laterAnnotations) {
    await eventually(`pod ${name}`, () =>
      kubectl(["get", "pod", name, ...inside, "--ignore-not-found", "-o", "name"]),
    );
    await kubectl(["annotate", "pod", name, ...inside, ...annotations]);
  }
  await namespace.podsReady("state=Running");
  const done = "--for=jsonpath={.status.phase}=Succeeded";
  await kubectl(["wait", "pod", "-l", "state=Succeeded", done, "--timeout=110s", ...inside]);
});

async function check(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const all = ["hooks", "check", ...inside, "-o", "json", ...words];
  const { stdout, stderr, exitCode } = await ark.run(all, { env });
  assert.notEqual(stdout, "", stderr);
  const { items }: { items: Finding[] } = JSON.parse(stdout);
  return { items, stderr, exitCode };
}

const sorted = (findings: readonly Finding[]): string[] =>
  findings.map(({ rule, name }) => `${rule} ${name}`).toSorted();

const expected = hookFaults.map(({ rule, label }) => `${rule} ${label.replace(/^.*\//, "")}`);

test("each seeded fault is found once, and nothing in correct hooks", async () => {
  const { items, exitCode } = await check([]);
  assert.deepEqual(sorted(items), expected.toSorted());
  assert.equal(exitCode, 1);
});

test("--exec finds the program that is not there, and runs no hook", async () => {
  const probe = ["sh", "-c", "touch /tmp/ran"];
  const annotations = hookAnnotations({ pre: probe, post: ["/no/such/program", "-u"] });
  await namespace.apply(aPod("programs", { annotations, labels: { state: "Running" } }));
  await namespace.podsReady("state=Running");
  const { items } = await check(["--exec", "pod/programs"]);
  assert.deepEqual(sorted(items), ["program-missing programs"]);
  await namespace.exec("programs", "main", ["test", "!", "-e", "/tmp/ran"]);
  const waiting = await check(["--exec", "pod/container-not-running"]);
  assert.ok(sorted(waiting.items).includes("program-unchecked container-not-running"));
  await kubectl(["delete", "pod", "programs", "--wait=false", ...inside]);
});

test("-f judges a document on the pods that it backs up", async () => {
  const exec = { container: "db", command: ["sync"] };
  const hooks = { pre: [{ exec }], post: [{ exec }] };
  const file = join(ark.directory, "backup.json");
  const entry = (name: string, matchLabels: unknown) => ({
    name,
    labelSelector: { matchLabels },
    ...hooks,
  });
  await writeFile(
    file,
    JSON.stringify({
      apiVersion: "velero.io/v1",
      kind: "Backup",
      metadata: { name: "nightly" },
      spec: {
        includedNamespaces: [namespace.name],
        labelSelector: { matchLabels: { app: "correct-set" } },
        hooks: { resources: [entry("set", { app: "correct-set" }), entry("typo", { app: "cor" })] },
      },
    }),
  );
  const { items, exitCode } = await check(["-f", file]);
  assert.deepEqual(sorted(items), [
    "spec-hook-matches-nothing nightly",
    "spec-hook-shadowed nightly",
    "spec-hook-shadowed nightly",
  ]);
  assert.equal(exitCode, 1);
});

test("what the caller may not list is a note", async () => {
  const resources = ["pods", "statefulsets"];
  const user = await createRestrictedUser(ark, namespace, { name: "checker", resources });
  const { items } = await check([], { KUBECONFIG: user.kubeconfig });
  const notes = items.filter(({ rule }) => rule === notChecked.id).map(({ kind }) => kind);
  assert.ok(notes.includes("CronJob") && notes.includes("Deployment"), notes.join());
  assert.ok(items.some(({ rule }) => rule === "command-not-split"));
});

test("the fixtures cover every rule but those of the tests above", () => {
  const others = ["spec-hook-matches-nothing", "spec-hook-shadowed", notChecked.id];
  const covered = [
    ...hookFaults.map(({ rule }) => rule),
    ...Object.values(programRules).map(({ id }) => id),
    ...others,
  ];
  assert.deepEqual(covered.toSorted(), allRules.map(({ id }) => id).toSorted());
});

test("the commands that it gives mend what it found", async () => {
  const { items } = await check([]);
  const mendable = items.filter(
    ({ fix }) => /^kubectl (ark|annotate|patch) /.test(fix) && !fix.includes("PROGRAM"),
  );
  assert.ok(mendable.length >= 15, String(mendable.length));
  for (const { fix } of mendable) {
    const [, ...words] = split(fix);
    if (words[0] !== "ark") await kubectl(words);
    else await runSurely(words.slice(1));
  }
  const left = sorted((await check([])).items);
  for (const { rule, name } of mendable) assert.ok(!left.includes(`${rule} ${name}`), rule);
  assert.equal(
    left.filter((found) => items.some(({ rule, name }) => found === `${rule} ${name}`)).length,
    items.length - mendable.length,
  );
});

/** Without a terminal nobody can be asked whether pods may be replaced. */
async function runSurely(words: readonly string[]): Promise<void> {
  const sure = words.includes("--yes") ? words : [...words.slice(0, 3), "--yes", ...words.slice(3)];
  const { exitCode, stderr } = await ark.run(sure);
  assert.equal(exitCode, 0, `${sure.join(" ")}: ${stderr}`);
}
