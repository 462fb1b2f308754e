import assert from "node:assert/strict";
import { before, test } from "node:test";
import { installArk } from "./support/cli.ts";
import { image, imagePullPolicy, useNamespace } from "./support/cluster.ts";
import { aConfigMap } from "./support/manifests.ts";
import {
  type PrintedRight,
  printRoles,
  renamed,
  rightsOf,
  signInByRoles,
  without,
} from "./support/printed-role.ts";
import type { Ran } from "./support/process.ts";
import type { RestrictedUser } from "./support/restricted-user.ts";
import { lacksSnapshots, volumesOf } from "./support/snapshots.ts";
import { applyWriterExample, assertWritable } from "./support/writer-app.ts";

const skip = await lacksSnapshots();
const namespace = await useNamespace("permitted");
const ark = await installArk();
const everything = ["-n", namespace.name];
const snapshotting = [
  ...everything,
  "--include-resources=pods,pvc,configmaps,pv",
  "--snapshot-volumes=true",
];
const copying = [
  ...snapshotting,
  "--volume-data",
  `--helper-image=${image}`,
  `--helper-image-pull-policy=${imagePullPolicy}`,
];

before(async () => {
  await namespace.apply(aConfigMap("settings"));
  await applyWriterExample(namespace);
  const target = ["-n", namespace.name, "pod/writer", "--container", "fsfreeze"];
  const hooks = ["--pre", "fsfreeze --freeze /data", "--post", "fsfreeze --unfreeze /data"];
  const { exitCode, stderr } = await ark.run(["hooks", "set", ...target, ...hooks]);
  assert.equal(exitCode, 0, stderr);
});

function backupAs({ kubeconfig }: RestrictedUser, words: readonly string[]): Promise<Ran> {
  return ark.run(["backup", ...words], { env: { KUBECONFIG: kubeconfig } });
}

async function userFor(name: string, words: readonly string[]): Promise<RestrictedUser> {
  const printed = await printRoles(ark, [...words, `--role-name=${name}`]);
  return signInByRoles(ark, namespace, { name, printed });
}

async function assertComplete(name: string, { exitCode, stdout, stderr }: Ran): Promise<void> {
  assert.equal(exitCode, 0, stdout + stderr);
  assert.doesNotMatch(stdout + stderr, /^(warning|error|hint):/m);
  const record = await ark.record(name);
  assert.deepEqual([record.phase, record.errors, record.warnings], ["Completed", [], []]);
  assert.deepEqual(
    record.hooks.map(({ phase, status }) => `${phase} ${status}`),
    ["pre succeeded", "post succeeded"],
  );
  assert.deepEqual(
    volumesOf(record).map(({ result }) => result),
    ["captured"],
  );
}

test(
  "who has what rbac prints for a namespace backs it up, hooks and snapshots included",
  { skip },
  async () => {
    const user = await userFor("whole", everything);
    await assertComplete("whole", await backupAs(user, ["whole", ...everything]));
  },
);

test("and what it prints with --volume-data is enough to copy data out", { skip }, async () => {
  const user = await userFor("copier", copying);
  const { exitCode, stdout, stderr } = await backupAs(user, ["copied", ...copying]);
  assert.equal(exitCode, 0, stdout + stderr);
  // A tar without all of GNU's skills is warned about.
  assert.doesNotMatch(stdout + stderr, /permission|forbidden/i);
  const { phase, errors, blocks } = await ark.record("copied");
  assert.deepEqual([phase, errors], ["Completed", []]);
  const [volume] = blocks.flatMap(({ volumes }) => volumes);
  assert.ok((volume?.data?.uncompressedBytes ?? 0) > 0);
});

type Trial = {
  readonly right: PrintedRight;
  readonly words: readonly string[];
  readonly printed: Awaited<ReturnType<typeof printRoles>>;
};

/** Every right of a backup with snapshots, and those that one with data needs besides. */
async function trials(): Promise<Trial[]> {
  const [least, most] = [
    await printRoles(ark, [...snapshotting, "--role-name=role"]),
    await printRoles(ark, [...copying, "--role-name=role"]),
  ];
  const rights = rightsOf(least);
  const known = new Set(rights.map(textOf));
  const more = rightsOf(most).filter((right) => !known.has(textOf(right)));
  return [
    ...rights.map((right) => ({ right, words: snapshotting, printed: least })),
    ...more.map((right) => ({ right, words: copying, printed: most })),
  ];
}

function textOf({ verb, group, resource }: PrintedRight): string {
  return `${verb} ${group === "" ? resource : `${resource}.${group}`}`;
}

/** @returns the right, when the backup was refused for want of it */
async function tryWithout(trial: Trial, name: string): Promise<string[]> {
  const { right, words } = trial;
  const printed = without(renamed(trial.printed, name), right);
  const user = await signInByRoles(ark, namespace, { name, printed });
  const { exitCode, stdout, stderr } = await backupAs(user, [name, ...words]);
  const said = `exit code ${exitCode} without ${textOf(right)}:\n${stdout}${stderr}`;
  const place = right.kind === "Role" ? `in namespace ${namespace.name}` : "at the cluster scope";
  assert.match(stderr, /^(warning|error): permissions are missing/m, said);
  assert.ok(stderr.includes(`${place}: ${textOf(right)}`), said);
  assert.match(stderr, /kubectl ark rbac/, said);
  if (exitCode !== 1) return [];
  assert.doesNotMatch(stderr, /^(pre|post) hook|^snapshot of/m, said);
  return [textOf(right)];
}

test("without any one of these rights the message names it, beforehand", { skip }, async () => {
  const refused: string[] = [];
  for (const [index, trial] of (await trials()).entries()) {
    refused.push(...(await tryWithout(trial, `lacking-${index}`)));
  }
  await assertWritable(namespace);
  const snapshot = "snapshot.storage.k8s.io";
  assert.deepEqual(refused.toSorted(), [
    "create persistentvolumeclaims",
    "create pods",
    "create pods/exec",
    `create volumesnapshots.${snapshot}`,
    "delete persistentvolumeclaims",
    "delete pods",
    `delete volumesnapshots.${snapshot}`,
    "get pods/exec",
    `get volumesnapshotcontents.${snapshot}`,
    `get volumesnapshots.${snapshot}`,
    `patch volumesnapshotcontents.${snapshot}`,
    `patch volumesnapshots.${snapshot}`,
  ]);
});
