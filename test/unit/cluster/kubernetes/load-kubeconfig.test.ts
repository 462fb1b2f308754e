import assert from "node:assert/strict";
import { delimiter, join, resolve } from "node:path";
import { test } from "node:test";
import { loadKubeconfig } from "../../../../src/cluster/kubernetes/load-kubeconfig.ts";
import { testMachine } from "../../../support/connection-environment.ts";

function named(name: string, server: string, currentContext?: string): object {
  return {
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user: { token: server } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: server } }],
    ...(currentContext !== undefined && { "current-context": currentContext }),
  };
}

function list(...files: readonly string[]): { env: Record<string, string> } {
  return { env: { KUBECONFIG: files.join(delimiter) } };
}

test("the first file of KUBECONFIG to set the current context wins", async () => {
  const machine = testMachine(list("a", "b", "c"));
  machine.write("a", named("one", "https://a"));
  machine.write("b", named("two", "https://b", "two"));
  machine.write("c", named("three", "https://c", "three"));
  const kubeconfig = await loadKubeconfig(undefined, machine);
  assert.equal(kubeconfig.currentContext, "two");
  assert.deepEqual([...kubeconfig.contexts.keys()].toSorted(), ["one", "three", "two"]);
});

test("an entry that two files name is taken whole from the first", async () => {
  const machine = testMachine(list("a", "b"));
  machine.write("a", { users: [{ name: "u", user: { username: "x" } }] });
  machine.write("b", {
    ...named("u", "https://b"),
    users: [{ name: "u", user: { token: "second" } }],
  });
  const user = (await loadKubeconfig(undefined, machine)).users.get("u");
  assert.equal(user?.username, "x");
  assert.equal(user?.token, undefined);
});

test("clusters and contexts of the first file win as well", async () => {
  const machine = testMachine(list("a", "b"));
  machine.write("a", named("same", "https://a"));
  machine.write("b", named("same", "https://b"));
  const kubeconfig = await loadKubeconfig(undefined, machine);
  assert.equal(kubeconfig.clusters.get("same")?.server, "https://a");
  assert.equal(kubeconfig.contexts.get("same")?.namespace, "https://a");
});

test("missing files and empty places in KUBECONFIG are skipped", async () => {
  const machine = testMachine(list("", "missing", "b", "b"));
  machine.write("b", named("two", "https://b", "two"));
  const kubeconfig = await loadKubeconfig(undefined, machine);
  assert.equal(kubeconfig.currentContext, "two");
  assert.deepEqual(machine.warnings, []);
});

test("a KUBECONFIG of which no file exists is warned about", async () => {
  const machine = testMachine(list("missing"));
  const kubeconfig = await loadKubeconfig(undefined, machine);
  assert.equal(kubeconfig.contexts.size, 0);
  assert.match(machine.warnings.join(), /no file of KUBECONFIG exists: .*missing/);
});

test("without KUBECONFIG the file in the home directory is read", async () => {
  const machine = testMachine();
  machine.write("home/.kube/config", named("home", "https://home", "home"));
  assert.equal((await loadKubeconfig(undefined, machine)).currentContext, "home");
});

test("KUBECONFIG replaces the file in the home directory", async () => {
  const machine = testMachine(list("missing"));
  machine.write("home/.kube/config", named("home", "https://home", "home"));
  assert.equal((await loadKubeconfig(undefined, machine)).currentContext, undefined);
});

test("--kubeconfig is read alone, whatever KUBECONFIG names", async () => {
  const machine = testMachine(list("b"));
  machine.write("a", named("one", "https://a"));
  machine.write("b", named("two", "https://b", "two"));
  const kubeconfig = await loadKubeconfig("a", machine);
  assert.equal(kubeconfig.currentContext, undefined);
  assert.deepEqual([...kubeconfig.contexts.keys()], ["one"]);
});

test("a --kubeconfig that does not exist is an error", async () => {
  const machine = testMachine();
  await assert.rejects(loadKubeconfig("nowhere", machine), {
    code: "KubeconfigInvalid",
    message: `the kubeconfig ${join(machine.directory, "nowhere")} does not exist`,
  });
});

test("relative paths belong to the folder of the file they stand in", async () => {
  const machine = testMachine(list("x/a", "y/b"));
  machine.write("x/a", { clusters: [{ name: "k", cluster: { "certificate-authority": "ca" } }] });
  const user = { "client-certificate": "../c", "client-key": "k", tokenFile: "/t" };
  machine.write("y/b", {
    users: [
      { name: "u", user },
      { name: "e", user: { exec: { command: join(".", "bin", "login") } } },
      { name: "p", user: { exec: { command: "login" } } },
    ],
  });
  const { clusters, users } = await loadKubeconfig(undefined, machine);
  const inside = (path: string): string => join(machine.directory, path);
  assert.equal(clusters.get("k")?.certificateAuthority, inside("x/ca"));
  assert.equal(users.get("u")?.clientCertificate, inside("c"));
  assert.equal(users.get("u")?.clientKey, inside("y/k"));
  assert.equal(users.get("u")?.tokenFile, resolve("/t"));
  assert.equal(users.get("e")?.exec?.command, inside("y/bin/login"));
  assert.equal(users.get("p")?.exec?.command, "login");
});

test("an empty file, a file of comments and one without entries are empty kubeconfigs", async () => {
  for (const text of ["", "\n \n", "# nothing\n", "{}", "clusters: null\nusers:\n"]) {
    const machine = testMachine();
    machine.write("home/.kube/config", text);
    assert.equal((await loadKubeconfig(undefined, machine)).clusters.size, 0, text);
  }
});
