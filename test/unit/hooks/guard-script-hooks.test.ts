import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import * as fc from "fast-check";
import { GUARD_EXIT } from "../../../src/hooks/guard-script.ts";
import { aHook } from "../../support/hook-builders.ts";
import { aTask, prepareGuard, say, shells } from "../../support/shell-guard.ts";

const { thawed, thawFailed } = GUARD_EXIT;

describe("the hooks that a guard runs", { concurrency: true }, () => {
  for (const shell of shells) {
    const options = { skip: !shell.isThere && `there is no ${shell.name} here`, concurrency: true };
    describe(`in ${shell.name}`, options, () => {
      it("runs hooks in order, also after one that failed", async () => {
        const { post, written, left } = prepareGuard(shell);
        const failing = ["sh", "-c", 'echo b >>"$OUT"; exit 7'];
        const guard = await post(aTask([say("a"), failing, ["no-such-program"], say("c")]));
        assert.equal((await guard.lose()).exitCode, thawFailed);
        assert.deepEqual([written(), await left()], ["a\nb\nc\n", []]);
      });

      it("ends a hook that hangs, and its descendants, by KILL where TERM does not do", async () => {
        const { post, written, left } = prepareGuard(shell);
        const hooks = [
          aHook({ command: ["sh", "-c", "sleep 600; true"], timeoutMs: 900 }),
          aHook({
            command: ["sh", "-c", 'trap "" TERM; sleep 600 & sleep 600; sleep 600'],
            timeoutMs: 900,
          }),
          aHook({ command: say("after") }),
        ];
        const guard = await post(aTask([], { hooks }));
        assert.equal((await guard.lose()).exitCode, thawFailed);
        assert.deepEqual([written(), await left()], ["after\n", []]);
      });

      it("gives a hook the signals as they were, the end of stdin, and the container's environment", async () => {
        const { post, written, env } = prepareGuard(shell);
        Object.assign(env, { end: "1", hook: "2", total: "3", code: "4" });
        // A shell cannot reset a signal that was ignored when it started.
        const script = `{ cat; grep SigIgn /proc/self/status; echo $end$hook$total$code; } >>"$OUT"`;
        const guard = await post(aTask([["sh", "-c", script]]));
        await guard.lose();
        const [, ignored = "", values] = /^SigIgn:\s+(\w+)\n(.*)\n$/.exec(written()) ?? [];
        // HUP, USR1, USR2, PIPE, ALRM, TERM.
        const signals = [1, 10, 12, 13, 14, 15].map((signal) => 1n << BigInt(signal - 1));
        assert.deepEqual(
          signals.filter((bit) => BigInt(`0x${ignored}`) & bit),
          [],
        );
        assert.equal(values, "1234");
      });

      it("ends a pre hook that still runs before it thaws: it would freeze what was thawed", async () => {
        const { post, written, left } = prepareGuard(shell);
        const pre = ["sh", "-c", 'sleep 600; echo frozen >>"$OUT"', shell.name, "a b", "'\\"];
        const guard = await post(aTask([say("thawed")], { preCommands: [["true", "first"], pre] }));
        const running = guard.beside(pre);
        assert.deepEqual((await guard.lose()).lines, ["ready", "thawed lost sure"]);
        assert.deepEqual([written(), await left()], ["thawed\n", []]);
        await running;
      });

      it("leaves processes alone that look like a pre hook once the client has said that none runs", async () => {
        const { post } = prepareGuard(shell);
        const pre = ["sh", "-c", "sleep 600; true", `${shell.name}-calm`];
        const guard = await post(aTask([["true"]], { preCommands: [pre] }));
        let isOver = false;
        const running = guard.beside(pre).then(() => (isOver = true));
        // Said again and again, as the client does.
        for (let times = 0; times < 4; times += 1) {
          guard.say("calm");
          await pause(100);
        }
        assert.deepEqual((await guard.lose()).lines, ["ready", "thawed lost sure"]);
        assert.equal(isOver, false);
        guard.endBeside();
        await running;
      });

      it("hands every argument on as it is", async () => {
        const odd = [
          "",
          "'",
          "''",
          '"',
          "\\",
          "\\'",
          "$HOME",
          "$(id)",
          "`id`",
          "*",
          "[a]?",
          "a\nb\n",
          "\r",
          "\t ",
          "-n",
          "--",
          "ü€😀",
          "#",
          "~",
          "!x",
          "{a,b}",
          "ark_end=1",
          "fi\ndone\n}",
        ];
        const argument = fc.oneof(
          fc.constantFrom(...odd),
          fc.string({ unit: "binary" }).filter((text) => !text.includes("\0")),
        );
        const lists = fc.array(fc.array(argument, { maxLength: 5 }), {
          minLength: 8,
          maxLength: 8,
        });
        await fc.assert(
          fc.asyncProperty(lists, async (all) => {
            const { post, written } = prepareGuard(shell);
            const given = [odd, ...all];
            const print = [
              "sh",
              "-c",
              'for word; do printf "%s\\0" "$word"; done >>"$OUT"',
              "print",
            ];
            const guard = await post(aTask(given.map((words) => [...print, ...words])));
            assert.equal((await guard.lose()).exitCode, thawed);
            const expected = given.flat().map((word) => `${Buffer.from(word).toString()}\0`);
            assert.equal(written(), expected.join(""));
          }),
          { numRuns: 3, endOnFailure: true },
        );
      });
    });
  }
});
