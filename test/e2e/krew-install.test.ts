import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { after, before, suite, test } from "node:test";
import { useNamespace } from "./support/cluster.ts";
import { type Ran, runProcess } from "./support/process.ts";
import { applyWriterExample, assertWritable } from "./support/writer-app.ts";

const root = resolve(import.meta.dirname, "../..");
const isDemanded = process.env["ARK_E2E_KREW"] === "1";
const krew = findOnPath("kubectl-krew");
const skip =
  krew === undefined &&
  !isDemanded &&
  "there is no kubectl-krew on the PATH (ARK_E2E_KREW=1 demands it)";

function findOnPath(name: string): string | undefined {
  const directories = (process.env["PATH"] ?? "").split(delimiter);
  return directories.map((directory) => join(directory, name)).find((file) => existsSync(file));
}

function sumsOf(release: string): Promise<string> {
  return readFile(join(release, "SHA256SUMS"), "utf8");
}

suite(
  "the archive of this platform, installed by krew where there is no Node",
  { skip },
  async () => {
    assert.ok(
      krew !== undefined,
      "ARK_E2E_KREW=1 demands krew, and there is no kubectl-krew on the PATH",
    );
    const namespace = await useNamespace("krew");
    const directory = await mkdtemp(join(tmpdir(), "ark-e2e-krew-"));
    after(() => rm(directory, { recursive: true, force: true }));
    const tools = join(directory, "tools");
    const krewRoot = join(directory, "krew");
    const path = [join(krewRoot, "bin"), tools];
    const env = {
      KUBECONFIG: process.env["KUBECONFIG"],
      PATH: path.join(delimiter),
      HOME: directory,
      KREW_ROOT: krewRoot,
      KREW_NO_UPGRADE_CHECK: "1",
    };
    const kubectl = (...words: readonly string[]): Promise<Ran> =>
      runProcess("kubectl", words, { env, cwd: directory });

    async function makeRelease(name: string): Promise<string> {
      const output = join(directory, name);
      const words = ["scripts/release.ts", "--native", "--output", output];
      const { exitCode, stderr } = await runProcess(process.execPath, words, { cwd: root });
      assert.equal(exitCode, 0, stderr);
      return output;
    }

    let installed: Ran;

    before(async () => {
      await mkdir(tools);
      await symlink(krew, join(tools, "kubectl-krew"));
      await symlink(findOnPath("kubectl") ?? "", join(tools, "kubectl"));
      const release = await makeRelease("release");
      const archive = (await readdir(release)).find((name) => /-(linux|darwin)-/.test(name)) ?? "";
      const manifest = `--manifest=${join(release, "krew-manifest.yaml")}`;
      installed = await kubectl("krew", "install", manifest, `--archive=${join(release, archive)}`);
    });

    test("krew installs it, with the licences", async () => {
      assert.equal(installed.exitCode, 0, installed.stderr);
      assert.match(installed.stderr, /Installed plugin: ark/);
      const { stdout } = await kubectl("plugin", "list", "--name-only");
      assert.match(stdout, /^kubectl-ark$/m);
      const store = join(krewRoot, "store/ark");
      const files = await readdir(join(store, (await readdir(store))[0] ?? ""));
      assert.deepEqual(files.toSorted(), ["LICENSE", "THIRD_PARTY_LICENSES", "kubectl-ark"]);
    });

    test("it knows its version, and calls itself kubectl ark", async () => {
      const { version }: { version: string } = JSON.parse(
        await readFile(join(root, "package.json"), "utf8"),
      );
      const { stdout, stderr } = await kubectl("ark", "version");
      assert.equal(stdout.trim(), `kubectl-ark v${version}`, stderr);
      const help = await kubectl("ark", "backup", "--help");
      assert.match(help.stdout, /^kubectl ark backup/m);
    });

    test("it backs up the example's writer, frozen by guarded hooks, without node on the PATH", async () => {
      assert.ok(!path.some((one) => existsSync(join(one, "node"))));
      await applyWriterExample(namespace);
      const target = ["-n", namespace.name, "pod/writer", "--container", "fsfreeze"];
      const hooks = ["--pre", "fsfreeze --freeze /data", "--post", "fsfreeze --unfreeze /data"];
      const set = await kubectl("ark", "hooks", "set", ...target, ...hooks);
      assert.equal(set.exitCode, 0, set.stderr);
      const backup = await kubectl("ark", "backup", "installed", "-n", namespace.name);
      assert.equal(backup.exitCode, 0, backup.stdout + backup.stderr);
      assert.match(backup.stdout, /^Backup installed Completed: .* 2 hooks/);
      await assertWritable(namespace);
      const described = await kubectl("ark", "backup", "describe", "installed", "-o", "json");
      assert.match(described.stdout, /"hooksAttempted": 2/);
    });

    test("what NODE_OPTIONS says is not for it", async () => {
      const { exitCode, stderr } = await runProcess("kubectl", ["ark", "version"], {
        env: { ...env, NODE_OPTIONS: "--require=/nowhere/missing.cjs" },
      });
      assert.equal(exitCode, 0, stderr);
    });

    test("a second build gives the same bytes", async () => {
      const [first, second] = [join(directory, "release"), await makeRelease("again")];
      assert.equal(await sumsOf(second), await sumsOf(first));
    });
  },
);
