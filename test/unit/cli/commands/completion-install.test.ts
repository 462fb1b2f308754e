import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { suite, test } from "node:test";
import { runCompletionInstall } from "../../../../src/cli/commands/completion-install.ts";
import { runProgram } from "../../../../src/cli/program.ts";
import { hasCode } from "../../../../src/lib/errors.ts";
import { capturedContext } from "../../../support/captured-context.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

const SHIM = '#!/bin/sh\nexec kubectl-ark __complete "$@"\n';

function program(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

/** A home with a kubectl-ark in `bin`, and `other` behind it on the PATH. */
function machine() {
  const home = temporaryDirectory();
  const [bin, other] = [join(home, "bin"), join(home, "other")];
  for (const directory of [bin, other]) mkdirSync(directory);
  program(join(bin, "kubectl-ark"), "#!/bin/sh\n");
  const run = async (words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const context = capturedContext({
      home,
      env: { PATH: [bin, other].join(delimiter), SHELL: "/bin/bash", ...env },
    });
    const code = await runProgram(["completion", ...words], context);
    return { code, stdout: context.output(), stderr: context.errors() };
  };
  return { home, bin, other, run };
}

function shimIn(directory: string): string {
  return join(directory, "kubectl_complete-ark");
}

suite("completion install", () => {
  test("two lines beside the kubectl-ark of the PATH, and what to do next", async () => {
    const { bin, run } = machine();
    const { code, stdout, stderr } = await run(["install"]);
    assert.equal(code, 0);
    assert.equal(stdout, `${shimIn(bin)}\n`);
    assert.equal(readFileSync(shimIn(bin), "utf8"), SHIM);
    assert.equal(statSync(shimIn(bin)).mode & 0o777, 0o755);
    assert.match(stderr, /source <\(kubectl completion bash\) +# ~\/\.bashrc/);
    assert.doesNotMatch(stderr, /warning|zsh/);
    assert.deepEqual(readdirSync(bin), ["kubectl-ark", "kubectl_complete-ark"]);
  });

  test("again is no error", async () => {
    const { run } = machine();
    await run(["install"]);
    assert.equal((await run(["install"])).code, 0);
  });

  test("~/.local/bin without a kubectl-ark on the PATH, with what is missing then", async () => {
    const { home, run } = machine();
    const { stdout, stderr } = await run(["install"], { PATH: "/nowhere", SHELL: "/bin/odd" });
    assert.equal(stdout, `${shimIn(join(home, ".local/bin"))}\n`);
    assert.match(stderr, /warning: .*\.local\/bin is not on the PATH.*export PATH="\$PATH":/);
    assert.match(stderr, /warning: kubectl-ark is not on the PATH/);
    // Which shell it is cannot be told.
    assert.match(stderr, /bash[^]*zsh[^]*fish/);
  });

  test("--dir, also with an end that PATH does not have", async () => {
    const { other, run } = machine();
    const { code, stderr } = await run(["install", "--dir", `${other}/`]);
    assert.equal(code, 0);
    assert.equal(readFileSync(shimIn(other), "utf8"), SHIM);
    assert.doesNotMatch(stderr, /warning/);
  });

  test("one that comes first on the PATH is warned about", async () => {
    const { bin, other, run } = machine();
    program(shimIn(bin), "#!/bin/sh\n");
    const { stderr } = await run(["install", "--dir", other]);
    assert.match(stderr, /warning: .*bin\/kubectl_complete-ark comes first on the PATH/);
  });

  test("something else of that name is kept, unless --force", async () => {
    const { bin, run } = machine();
    program(shimIn(bin), "#!/bin/sh\necho mine\n");
    const refused = await run(["install"]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /is there already, and is something else\nhint: .*--force/);
    assert.match(readFileSync(shimIn(bin), "utf8"), /mine/);
    assert.equal((await run(["install", "--force"])).code, 0);
    assert.equal(readFileSync(shimIn(bin), "utf8"), SHIM);
  });

  test("what a link leads to is never written to", async () => {
    const { home, bin, run } = machine();
    const target = join(home, "target");
    program(target, SHIM);
    symlinkSync(target, shimIn(bin));
    assert.equal((await run(["install"])).code, 1);
    writeFileSync(target, "theirs");
    assert.equal((await run(["install", "--force"])).code, 0);
    assert.equal(readFileSync(target, "utf8"), "theirs");
    assert.equal(readFileSync(shimIn(bin), "utf8"), SHIM);
  });

  test("a directory of that name is kept with --force too, and nothing half-made is left", async () => {
    const { bin, run } = machine();
    mkdirSync(join(shimIn(bin), "inside"), { recursive: true });
    assert.equal((await run(["install"])).code, 1);
    const { code, stderr } = await run(["install", "--force"]);
    assert.equal(code, 2);
    assert.match(stderr, /cannot write .*kubectl_complete-ark/);
    assert.deepEqual(readdirSync(bin), ["kubectl-ark", "kubectl_complete-ark"]);
  });

  test("a directory that is none is a usage error", async () => {
    const { home, run } = machine();
    const file = join(home, "file");
    writeFileSync(file, "");
    for (const directory of [file, join(home, "absent"), "/proc", "", "a\0b"]) {
      const { code, stdout, stderr } = await run(["install", "--dir", directory]);
      assert.equal(code, 2, directory);
      assert.equal(stdout, "");
      assert.match(stderr, /--dir|cannot write/);
    }
  });

  test("on Windows it says why not", async () => {
    const context = capturedContext();
    await assert.rejects(
      runCompletionInstall({}, context, "win32"),
      (error) => hasCode(error, "Usage") && /Windows/.test(error.message),
    );
  });
});

suite("completion", () => {
  test("says what is to be done, and whether it is", async () => {
    const { bin, run } = machine();
    const before = await run([]);
    assert.equal(before.code, 0);
    assert.match(before.stdout, /kubectl ark completion install\n/);
    for (const shell of ["bash", "zsh", "fish"]) assert.ok(before.stdout.includes(shell), shell);
    await run(["install"]);
    assert.ok((await run([])).stdout.includes(`it is there: ${shimIn(bin)}`));
  });

  test("a shell's script is not there, and nothing that could be sourced is printed", async () => {
    const { run } = machine();
    for (const shell of ["bash", "zsh", "fish", "powershell"]) {
      const { code, stdout, stderr } = await run([shell]);
      assert.deepEqual([code, stdout], [2, ""], shell);
      assert.match(stderr, /no completion script of its own for \w+\nhint: Load kubectl's own/);
    }
  });

  test("a mistyped command is named", async () => {
    const { code, stderr } = await machine().run(["instal"]);
    assert.equal(code, 2);
    assert.match(stderr, /unknown command: "instal"; did you mean install\?/);
    assert.match((await machine().run(["constructor"])).stderr, /unknown command: "constructor"/);
  });
});
