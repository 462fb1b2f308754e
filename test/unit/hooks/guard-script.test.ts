import assert from "node:assert/strict";
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { GUARD_EXIT, guardCommand } from "../../../src/hooks/guard-script.ts";
import { aTask, prepareGuard, say, ShellGuard, shells } from "../../support/shell-guard.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const { dismissed, thawed, unfit } = GUARD_EXIT;

it("goes through stdin, so that the address of its request is short whatever the hooks are", () => {
  const { command } = guardCommand(aTask([["true", "x".repeat(100_000)]]));
  assert.ok(encodeURIComponent(command.join("")).length < 500);
});

describe("the guard", { concurrency: true }, () => {
  for (const shell of shells) {
    const options = { skip: !shell.isThere && `there is no ${shell.name} here`, concurrency: true };
    describe(`in ${shell.name}`, options, () => {
      it("runs nothing when it is dismissed", async () => {
        const { post, written, left } = prepareGuard(shell);
        const guard = await post(aTask([say("thawed")]));
        for (const word of [".", "calm", "thawing", "thawing"]) guard.say(word);
        assert.deepEqual(await guard.end("dismiss"), { exitCode: dismissed, lines: ["ready"] });
        assert.deepEqual([written(), await left()], ["", []]);
      });

      it("thaws when its stdin ends, within a second or two", async () => {
        const { post, written, left } = prepareGuard(shell);
        const guard = await post(aTask([say("thawed")]));
        const fromMs = performance.now();
        const lines = ["ready", "thawed lost unsure"];
        assert.deepEqual(await guard.lose(), { exitCode: thawed, lines });
        assert.ok(performance.now() - fromMs < 3500);
        assert.deepEqual([written(), await left()], ["thawed\n", []]);
      });

      it("thaws when it is told to", async () => {
        const { post, written } = prepareGuard(shell);
        const guard = await post(aTask([say("thawed")]));
        assert.deepEqual((await guard.end("thaw")).lines, ["ready", "thawed told unsure"]);
        assert.equal(written(), "thawed\n");
      });

      it("thaws after a silence, which every heartbeat puts off", async () => {
        const { post, written, left } = prepareGuard(shell);
        const guard = await post(aTask([say("thawed")], { silenceSeconds: 3 }));
        for (let times = 0; times < 15; times += 1) {
          await pause(250);
          guard.say(".");
        }
        assert.equal(written(), "");
        const { exitCode, lines } = await guard.ended;
        assert.deepEqual([exitCode, lines[1]], [thawed, "thawed silent unsure"]);
        assert.deepEqual([written(), await left()], ["thawed\n", []]);
      });

      it("thaws when max-freeze passes, whatever the client says", async () => {
        const { post, written, left } = prepareGuard(shell);
        const guard = await post(aTask([say("thawed")], { maxFreezeSeconds: 2 }));
        const talking = setInterval(() => guard.say("."), 100);
        const { exitCode, lines } = await guard.ended;
        clearInterval(talking);
        assert.deepEqual([exitCode, lines[1]], [thawed, "thawed late unsure"]);
        assert.deepEqual([written(), await left()], ["thawed\n", []]);
      });

      it("leaves max-freeze to a client that is thawing", async () => {
        const { post, written } = prepareGuard(shell);
        const guard = await post(
          aTask([say("thawed")], { maxFreezeSeconds: 3, silenceSeconds: 5 }),
        );
        guard.say("thawing");
        assert.equal((await guard.ended).lines[1], "thawed silent sure");
        assert.equal(written(), "thawed\n");
      });

      it("thaws though nobody reads what it says", async () => {
        const { post, written, left } = prepareGuard(shell);
        const guard = await post(aTask([say("thawed")]));
        guard.deafen();
        assert.equal((await guard.lose()).exitCode, thawed);
        assert.deepEqual([written(), await left()], ["thawed\n", []]);
      });

      it("thaws when somebody ends it by TERM", async () => {
        const { post, written, left } = prepareGuard(shell);
        const guard = await post(aTask([say("thawed")]));
        guard.kill("SIGTERM");
        assert.equal((await guard.ended).exitCode, thawed);
        assert.deepEqual([written(), await left()], ["thawed\n", []]);
      });

      it("runs nothing where there is no sleep", async () => {
        const { env, written, left } = prepareGuard(shell);
        const bin = temporaryDirectory();
        const [program = ""] = shell.words;
        const path = ["/bin", "/usr/bin"].map((folder) => join(folder, program)).find(existsSync);
        symlinkSync(path ?? "", join(bin, program));
        // Busybox has it built in.
        if (program === "busybox") return;
        const guard = new ShellGuard(shell, aTask([say("thawed")]), { ...env, PATH: bin });
        assert.deepEqual(await guard.lose(), { exitCode: unfit, lines: [] });
        assert.deepEqual([written(), await left()], ["", []]);
      });

      it("runs nothing when the connection ends before all of it has come", async () => {
        const { env, written, left } = prepareGuard(shell);
        const whole = guardCommand(aTask([say("thawed")]));
        for (const length of [0, 1, Math.floor(whole.stdin.length / 2), whole.stdin.length - 1]) {
          const guard = new ShellGuard(
            shell,
            aTask([say("thawed")]),
            env,
            whole.stdin.slice(0, length),
          );
          assert.deepEqual(await guard.lose(), { exitCode: unfit, lines: [] });
        }
        assert.deepEqual([written(), await left()], ["", []]);
      });
    });
  }
});
