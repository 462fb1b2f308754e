import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { endProcessScript } from "../../../src/hooks/end-process-script.ts";
import {
  becomes,
  isAlive,
  kill,
  laterTick,
  ShellContainer,
} from "../../support/shell-container.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const shells = [
  { name: "dash", words: ["dash"] },
  { name: "busybox ash", words: ["busybox", "sh"] },
  { name: "bash as sh", words: ["bash", "--posix"] },
].filter(({ words: [program = ""] }) => spawnSync(program, ["-c", ":"]).error === undefined);
const skip = !existsSync("/proc/self/stat");
const aSleep = ["sleep", "600"];

it("is short enough for the address of a request behind a proxy", () => {
  assert.ok(encodeURIComponent(endProcessScript).length < 6000);
});

describe("the end of a hook's process", { skip, concurrency: true }, () => {
  for (const { name, words } of shells) describe(name, { concurrency: 1 }, () => inShell(words));
});

function inShell(words: readonly string[]): void {
  const container = new ShellContainer(words);

  it("TERM ends it and says so", async () => {
    const pid = await container.start(aSleep);
    assert.equal(await container.end(aSleep), `ended ${pid}`);
    assert.equal(isAlive(pid), false);
    assert.equal(await container.end(aSleep), "none");
  });

  it("its descendants end with it, those that do not heed TERM by KILL", async () => {
    const hook = ["sh", "-c", 'trap "" TERM; sleep 601 & echo $!; sleep 602; true'];
    const { pid, line } = await container.startAndRead(hook);
    const said = await container.end(hook);
    assert.match(said, /^killed \d+ \d+ \d+$/);
    assert.deepEqual([pid, Number(line)].map(isAlive), [false, false]);
  });

  it("a script is found though its interpreter is what runs", async () => {
    const path = join(temporaryDirectory(), "hook (of) mine.sh");
    await writeFile(path, "#!/bin/sh\nsleep 600\ntrue\n");
    await chmod(path, 0o755);
    const pid = await container.start([path, "a b", ""], "pipe");
    const said = await container.end([path, "a b", ""]);
    assert.match(said, new RegExp(`^ended ${pid}( \\d+)?$`));
  });

  it("words may have blanks, quotes, globs, newlines and any other sign in them", async () => {
    for (const odd of ["a  b*", "'\"\\n$(true)`", "two\nlines\n", "ü€😀\xff", "[a]?", "-n", ""]) {
      const hook = ["sh", "-c", "sleep 600; true", "x", odd];
      // With an input, it can be found by its command line only.
      const pid = await container.start(hook, "pipe");
      assert.match(await container.end(hook), new RegExp(`^ended ${pid}\\b`), odd);
    }
  });

  it("a shell that gave itself up for its last command is found by its time", async () => {
    const hook = ["sh", "-c", "exec sleep 600"];
    const pid = await container.start(hook);
    await becomes(pid, "sleep");
    assert.equal(await container.end(hook, 5000), "none");
    assert.equal(await container.end(hook), `ended ${pid}`);
  });

  it("of two that may be it by their time, none is touched", async () => {
    const hook = ["sh", "-c", "exec sleep 600"];
    const pids = [await container.start(["sleep", "605"]), await container.start(hook)];
    await becomes(pids[1] ?? 0, "sleep");
    assert.match(await container.end(hook), /^unclear \d+ \d+$/);
    assert.deepEqual(pids.map(isAlive), [true, true]);
    kill(...pids);
  });

  it("of two with its command line, the one that began with it is ended", async () => {
    const first = await container.start(aSleep);
    await laterTick();
    const second = await container.start(aSleep);
    assert.equal(await container.end(aSleep, 0), `ended ${second}`);
    assert.equal(isAlive(first), true);
    kill(first);
  });

  it("one with its command line that began long before it is left alone", async () => {
    const pid = await container.start(aSleep);
    assert.equal(await container.end(aSleep, -3000), "none");
    assert.equal(isAlive(pid), true);
    kill(pid);
  });

  it("the container's own process with its command line, as young, is left alone", async () => {
    const young = new ShellContainer(words, aSleep);
    await young.started;
    assert.equal(await young.end(aSleep, 0), "none");
    const pid = await young.start(aSleep);
    assert.equal(await young.end(aSleep), `ended ${pid}`);
  });

  it("children of others with its command line are left alone", async () => {
    const other = ["sh", "-c", "sleep 600 & echo $!; wait"];
    const { pid, line } = await container.startAndRead(other);
    assert.equal(await container.end(aSleep, 5000), "none");
    assert.equal(isAlive(Number(line)), true);
    kill(pid, Number(line));
  });

  it("a guard that began with it is left alone", async () => {
    const guard = ["sh", "-c", "sleep 600; true", "kubectl-ark-guard"];
    const pid = await container.start(guard);
    assert.equal(await container.end(["sh", "-c", "exec fsfreeze"]), "none");
    assert.equal(isAlive(pid), true);
    kill(pid);
  });

  it("a command that is one empty word names no process", async () => {
    const pid = await container.start(aSleep, "pipe");
    assert.equal(await container.end([""]), "none");
    kill(pid);
  });
}
