import assert from "node:assert/strict";
import { access, readFile, writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { before, suite, test } from "node:test";
import { parseCompletion } from "../support/completion-session.ts";
import { installArk } from "./support/cli.ts";
import { kubectl, useNamespace } from "./support/cluster.ts";
import { aPod } from "./support/manifests.ts";
import { eventually, runProcess } from "./support/process.ts";

const namespace = await useNamespace("completion");
const ark = await installArk();
const BASH_COMPLETION = "/usr/share/bash-completion/bash_completion";
const binaries = resolve(import.meta.dirname, "../../node_modules/.bin");
const env = {
  ...process.env,
  ARK_STORE: undefined,
  PATH: [join(ark.directory, "bin"), binaries, process.env["PATH"]].join(delimiter),
  XDG_DATA_HOME: ark.directory,
  XDG_CONFIG_HOME: ark.directory,
  TMUX: undefined,
  TMUX_TMPDIR: ark.directory,
};

async function isMissing(program: string): Promise<string | false> {
  const found = await runProcess("sh", ["-c", `command -v ${program}`]);
  return found.exitCode === 0 ? false : `${program} is not installed`;
}

async function isMissingFile(path: string): Promise<string | false> {
  return access(path).then(
    () => false,
    () => `${path} is not there`,
  );
}

const noBash = await isMissingFile(BASH_COMPLETION);
const noFish = await isMissing("fish");
const noTerminal = (await isMissing("tmux")) || noBash;

before(async () => {
  const containers = [{ name: "db" }, { name: "freezer" }];
  await namespace.apply(aPod("db-0", { containers }), aPod("db-1", { containers }));
  const taken = await ark.run(["backup", "nightly", "-n", namespace.name, "--hooks=false"]);
  assert.equal(taken.exitCode, 0, taken.stderr);
  const installed = await ark.run(["completion", "install"]);
  assert.equal(installed.exitCode, 0, installed.stderr);
  assert.equal(installed.stdout, `${join(ark.directory, "bin/kubectl_complete-ark")}\n`);
  assert.doesNotMatch(installed.stderr, /warning/);
});

async function complete(...words: readonly string[]): Promise<readonly string[]> {
  const { exitCode, stdout, stderr } = await ark.run(["__complete", ...words]);
  assert.equal(exitCode, 0);
  assert.equal(stderr, "");
  return parseCompletion(stdout).words;
}

/** Tab after `kubectl ark WORDS…`, without a terminal. */
async function pressInBash(...words: readonly string[]): Promise<string[]> {
  const script = [
    `. ${BASH_COMPLETION}`,
    ". <(kubectl completion bash)",
    'COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE} COMP_TYPE=9 COLUMNS=100',
    "__start_kubectl 2>/dev/null",
    `printf '%s\\n' "\${COMPREPLY[@]}"`,
  ].join("\n");
  const all = ["-c", script, "bash", "kubectl", "ark", ...words];
  const { stdout } = await runProcess("bash", all, { env });
  return stdout.split("\n").filter((line) => line !== "");
}

async function pressInFish(line: string): Promise<string> {
  const script = `kubectl completion fish | source; complete -C '${line}'`;
  return (await runProcess("fish", ["-c", script], { env })).stdout;
}

async function tmux(...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runProcess("tmux", ["-L", "ark", ...words], {
    env,
  });
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

suite("kubectl ark __complete", () => {
  const inside = ["-n", namespace.name];

  test("commands and flags", async () => {
    assert.deepEqual(await complete("hoo"), ["hooks"]);
    assert.ok((await complete("backup", "--include-n")).includes("--include-namespaces"));
  });

  test("namespaces, pods and containers of the cluster", async () => {
    assert.ok((await complete("backup", "-n", "")).includes(namespace.name));
    assert.deepEqual(await complete("hooks", "set", ...inside, "pod/"), ["pod/db-0", "pod/db-1"]);
    const words = ["hooks", "set", ...inside, "pod/db-0", "--container", ""];
    assert.deepEqual(await complete(...words), ["db", "freezer"]);
  });

  test("resource types", async () => {
    const types = await complete("backup", "--include-resources", "pods,deploy");
    assert.deepEqual(types, ["pods,deployments.apps"]);
  });

  test("contexts of the kubeconfig", async () => {
    const context = (await kubectl(["config", "current-context"])).trim();
    assert.ok((await complete("backup", "--context", "")).includes(context));
  });

  test("backups of the store", async () => {
    assert.deepEqual(await complete("backup", "describe", ""), ["nightly"]);
  });

  test("a server that is not there: no words, at once, and kubectl is told why", async () => {
    const words = ["backup", "--server", "https://127.0.0.1:1", "-n", ""];
    const { exitCode, stdout, stderr } = await ark.run(["__complete", ...words]);
    assert.deepEqual([exitCode, stdout], [0, ":4\n"]);
    assert.match(stderr, /^no completion: .*refused/);
  });
});

suite("kubectl's own completion", () => {
  test("kubectl hands the words on, and the answer back", async () => {
    const { stdout } = await runProcess("kubectl", ["__complete", "ark", "hooks", "se"], { env });
    assert.match(stdout, /^set\tSet the hooks of pods.*\n:4\n$/);
  });

  test("in bash", { skip: noBash }, async () => {
    assert.deepEqual(await pressInBash("hooks", "se"), ["set"]);
    const inside = ["hooks", "set", "-n", namespace.name];
    assert.deepEqual(await pressInBash(...inside, "pod/"), ["pod/db-0", "pod/db-1"]);
    assert.deepEqual(await pressInBash(...inside, "pod/db-0", "--container", "f"), ["freezer"]);
    assert.deepEqual(await pressInBash("backup", "describe", ""), ["nightly"]);
    const described = (await pressInBash("hooks", "set", "--recipe", "postgresql")).join("\n");
    assert.match(described, /postgresql-dump +\(PostgreSQL, a logical dump\)/);
  });

  test("in fish", { skip: noFish }, async () => {
    assert.match(await pressInFish("kubectl ark hooks se"), /^set\tSet the hooks/);
    const pods = await pressInFish(`kubectl ark hooks set -n ${namespace.name} pod/`);
    assert.deepEqual(pods.split("\n").filter(Boolean).toSorted(), ["pod/db-0", "pod/db-1"]);
  });

  test("with the Tab key, in a terminal", { skip: noTerminal }, async (t) => {
    const rc = join(ark.directory, "bashrc");
    await writeFile(rc, `PS1='ready> '\n. ${BASH_COMPLETION}\n. <(kubectl completion bash)\n`);
    const seen = (what: RegExp): Promise<boolean> =>
      eventually(`${what.source} on the screen`, async () => {
        // Lines of the terminal that were broken at its edge are joined.
        return what.test(await tmux("capture-pane", "-p", "-J")) || undefined;
      });
    const shell = `exec bash --noprofile --rcfile ${rc} -i`;
    await tmux("-f", "/dev/null", "new-session", "-d", "-x", "200", "-y", "50", shell);
    t.after(() => tmux("kill-server"));
    await seen(/^ready> $/m);
    await tmux("send-keys", "--", "kubectl ark hoo", "Tab");
    await seen(/ark hooks $/m);
    await tmux("send-keys", "--", `set -n ${namespace.name.slice(0, -2)}`, "Tab");
    await seen(new RegExp(`-n ${namespace.name} $`, "m"));
    await tmux("send-keys", "--", "pod/", "Tab", "1", "Tab", "--conta", "Tab");
    await seen(/pod\/db-1 --container $/m);
    await tmux("send-keys", "--", "fr", "Tab");
    await seen(/--container freezer $/m);
    await tmux("send-keys", "--", "--on-error ", "Tab", "Tab");
    await seen(/^Continue +Fail *$/m);
  });

  test("it goes on when kubectl-ark is somewhere else on the PATH", async () => {
    const shim = await readFile(join(ark.directory, "bin/kubectl_complete-ark"), "utf8");
    assert.ok(!shim.includes(ark.directory), shim);
  });
});
