import assert from "node:assert/strict";
import { before, test } from "node:test";
import { unpack } from "./support/archive.ts";
import { installArk } from "./support/cli.ts";
import { useNamespace } from "./support/cluster.ts";
import { aConfigMap, aPod, hookAnnotations } from "./support/manifests.ts";
import type { Ran } from "./support/process.ts";
import {
  createRestrictedUser,
  namespacedResources,
  type RestrictedUser,
} from "./support/restricted-user.ts";

const namespace = await useNamespace("rbac");
const ark = await installArk();
let owner: RestrictedUser;
let keyless: RestrictedUser;

before(async () => {
  const hooks = hookAnnotations({ pre: ["echo", "quiesced"], post: ["echo", "resumed"] });
  await namespace.apply(aConfigMap("settings"), aPod("app", { annotations: hooks }), {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "password" },
    stringData: { password: "not told" },
  });
  await namespace.podsReady();
  owner = await createRestrictedUser(ark, namespace, { name: "owner", resources: ["*"] });
  const resources = (await namespacedResources()).filter((resource) => resource !== "secrets");
  keyless = await createRestrictedUser(ark, namespace, { name: "keyless", resources });
});

function runAs({ kubeconfig }: RestrictedUser, words: readonly string[]): Promise<Ran> {
  return ark.run(words, { env: { KUBECONFIG: kubeconfig } });
}

test("who may read one namespace only can back it up, hooks included", async () => {
  const words = ["backup", "own", "-n", namespace.name];
  const { exitCode, stdout, stderr } = await runAs(owner, words);
  assert.equal(exitCode, 0, stdout + stderr);
  assert.match(stdout, /^Backup own Completed: .* 2 hooks/);
  const { errors, hooks } = await ark.record("own");
  assert.deepEqual(errors, []);
  assert.deepEqual(
    hooks.map(({ stdout: { text } }) => text),
    ["quiesced\n", "resumed\n"],
  );
  const { paths } = await unpack(ark, "own");
  for (const path of ["pods/app", "configmaps/settings", "secrets/password"]) {
    const [kind, name] = path.split("/");
    const expected = `resources/${kind}/namespaces/${namespace.name}/${name}.json`;
    assert.ok(paths.includes(expected), expected);
  }
});

test("without -n one message names the verb and the kinds, and one hint suggests -n", async () => {
  const { exitCode, stdout, stderr } = await runAs(owner, ["backup", "everything"]);
  const said = stdout + stderr;
  assert.notEqual(exitCode, 0);
  assert.match(
    said,
    /^error: User "\S+" cannot list at the cluster scope: pods, .* and \d+ more$/m,
  );
  assert.deepEqual(said.match(/^ *hint: .*/gm)?.length, 1, said);
  assert.match(said, /^ *hint: .*-n\b/m);
});

test("a kind that may not be listed is an error that names it, and the rest is stored", async () => {
  const words = ["backup", "keyless", "-n", namespace.name];
  const { exitCode, stdout } = await runAs(keyless, words);
  assert.equal(exitCode, 3);
  assert.match(stdout, /^Backup keyless PartiallyFailed: /);
  assert.match(stdout, /^error: secrets: .*cannot list resource "secrets"/m);
  assert.match(stdout, /^hint: .*--exclude-resources=secrets$/m);
  const { errors } = await ark.record("keyless");
  assert.deepEqual(
    errors.map(({ groupResource }) => groupResource),
    ["secrets"],
  );
  const { paths } = await unpack(ark, "keyless");
  assert.ok(paths.includes(`resources/pods/namespaces/${namespace.name}/app.json`));
  assert.ok(!paths.some((path) => path.startsWith("resources/secrets/")));
});

test("leaving that kind out on purpose makes the backup Completed", async () => {
  const words = ["backup", "no-secrets", "-n", namespace.name, "--exclude-resources=secrets"];
  const { exitCode, stdout } = await runAs(keyless, words);
  assert.equal(exitCode, 0, stdout);
  assert.match(stdout, /^Backup no-secrets Completed: /);
});

test("who may read nothing gets a Failed backup that says why (also by --as)", async () => {
  const stranger = "--as=system:serviceaccount:default:ark-e2e-stranger";
  const { exitCode, stdout } = await ark.run(["backup", "none", "-n", namespace.name, stranger]);
  assert.equal(exitCode, 1, stdout);
  assert.match(stdout, /^Backup none Failed: 0 objects/);
  assert.match(
    stdout,
    /^error: User "\S+" cannot list in the namespace "\S+": pods, .* and \d+ more$/m,
  );
});

test("who may not exec is told so before anything runs, and gets no backup", async () => {
  const reader = await createRestrictedUser(ark, namespace, {
    name: "reader",
    resources: ["*"],
    mayExec: false,
  });
  const words = ["backup", "read", "-n", namespace.name];
  const { exitCode, stdout, stderr } = await runAs(reader, words);
  assert.equal(exitCode, 1, stdout + stderr);
  assert.match(
    stderr,
    /^error: permissions are missing for hooks, so nothing was run: in namespace \S+: create pods\/exec/m,
  );
  assert.match(stderr, /^hint: .*kubectl ark rbac.*--hooks=false/m);
  assert.equal((await ark.run(["backup", "describe", "read"])).exitCode, 1);
  const without = await runAs(reader, [
    "backup",
    "unquiesced",
    "-n",
    namespace.name,
    "--hooks=false",
  ]);
  assert.equal(without.exitCode, 0, without.stdout + without.stderr);
});
