import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { installArk } from "./support/cli.ts";
import { kubectl, useNamespace } from "./support/cluster.ts";
import { aPod, hookAnnotations } from "./support/manifests.ts";
import { createRestrictedUser } from "./support/restricted-user.ts";

type Check = {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly hint?: string;
};

const namespace = await useNamespace("doctor");
const ark = await installArk();

before(async () => {
  const hooks = hookAnnotations({ pre: ["echo", "quiesced"], post: ["echo", "resumed"] });
  await namespace.apply(aPod("app", { annotations: hooks }));
  await namespace.podsReady();
});

async function examine(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const flags = ["doctor", "-n", namespace.name, "-o", "json"];
  const { exitCode, stdout, stderr } = await ark.run([...flags, ...words], { env });
  assert.notEqual(stdout, "", stderr);
  const { healthy, checks }: { healthy: boolean; checks: Check[] } = JSON.parse(stdout);
  assert.equal(healthy, exitCode === 0, stdout);
  return {
    exitCode,
    failed: checks.filter(({ status }) => status === "fail").map(({ name }) => name),
    of: (name: string): Check => {
      const found = checks.find((check) => check.name === name);
      assert.ok(found, `${name} in ${stdout}`);
      return found;
    },
  };
}

test("on a cluster that is well every line is good and the exit code 0", async () => {
  const { exitCode, stdout, stderr } = await ark.run(["doctor", "-n", namespace.name]);
  assert.equal(exitCode, 0, stdout + stderr);
  assert.equal(stderr, "");
  assert.match(stdout, /^ok +cluster +https:\/\/\S+ reachable in [\d.]+ m?s, Kubernetes\s+v1\./m);
  assert.match(stdout, /^ok +exec +permitted, and WebSockets open/m);
  assert.match(stdout, /^ok +permissions +all \d+ rights/m);
  assert.match(stdout, /^ok +clock /m);
  assert.doesNotMatch(stdout, /^(fail|skip)/m);
  for (const line of stdout.split("\n")) {
    assert.ok(line.length <= 80 || !line.trim().includes(" "), line);
  }
});

test("with a pod it runs a command there, and in no other", async () => {
  const { of } = await examine(["--pod", `${namespace.name}/app`]);
  assert.deepEqual([of("exec").status], ["ok"]);
  assert.match(of("exec").message, /^`true` was run in container \S+ of pod \S+\/app$/);
  const gone = await examine(["--pod", "gone"]);
  assert.deepEqual([gone.exitCode, gone.failed], [1, ["exec"]]);
});

test("a server that is not there: what needs it is skipped, the rest is looked at", async () => {
  const { exitCode, failed, of } = await examine(["--server", "https://127.0.0.1:1"]);
  assert.deepEqual([exitCode, failed], [1, ["cluster"]]);
  assert.match(of("cluster").message, /connection refused/);
  assert.ok(of("cluster").hint);
  assert.equal(of("permissions").status, "skipped");
  assert.equal(of("store").status, "ok");
});

test("who has no rights fails, and learns which role to ask for", async () => {
  const { exitCode, failed, of } = await examine(["--as=ark-e2e-nobody"]);
  assert.deepEqual([exitCode, failed], [1, ["permissions"]]);
  assert.match(of("permissions").message, /list pods/);
  assert.match(of("permissions").hint ?? "", /kubectl ark rbac -n /);
  assert.equal(of("exec").status, "warn");
  assert.match(of("cluster").message, /as ark-e2e-nobody/);
});

test("who may read, but not exec, fails where pods have hooks, and so does the backup", async () => {
  const reader = await createRestrictedUser(ark, namespace, {
    name: "reader",
    resources: ["*"],
    mayExec: false,
  });
  const env = { KUBECONFIG: reader.kubeconfig };
  const { exitCode, failed, of } = await examine([], env);
  assert.deepEqual([exitCode, failed], [1, ["permissions"]]);
  assert.match(of("permissions").message, /missing for hooks/);
  const backup = await ark.run(["backup", "-n", namespace.name], { env });
  assert.equal(backup.exitCode, 1, backup.stdout + backup.stderr);
});

test("who may read and exec in the namespace passes, without the right to watch as well", async () => {
  const owner = await createRestrictedUser(ark, namespace, { name: "owner", resources: ["*"] });
  const { exitCode, of } = await examine([], { KUBECONFIG: owner.kubeconfig });
  assert.equal(exitCode, 0);
  assert.match(of("exec").message, /whether WebSockets open is not known/);
  const right = ["auth", "can-i", "watch", "pods", "-n", namespace.name, `--as=${owner.name}`];
  await assert.rejects(kubectl(right), /ended with 1/);
});

test("a store that cannot be written is a failure, and no backup", async () => {
  const file = join(ark.directory, "occupied");
  await writeFile(file, "not a directory");
  const store = ["--store", join(file, "store")];
  const { exitCode, failed, of } = await examine(store);
  assert.deepEqual([exitCode, failed], [1, ["store"]]);
  assert.match(of("store").hint ?? "", /--store/);
  const backup = await ark.run(["backup", "-n", namespace.name, ...store]);
  assert.equal(backup.exitCode, 1, backup.stderr);
});
