import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ExecOutcome } from "../../../src/cluster/cluster.ts";
import type { ExecHook, HookOutcome } from "../../../src/hooks/hook.ts";
import { type HooksResult, runHooks } from "../../../src/hooks/run-hooks.ts";
import { aHook, aPod } from "../../support/hook-builders.ts";
import { hangs, hookContext } from "../../support/hook-context.ts";

const never = (): AbortSignal => new AbortController().signal;

/** An exec in which the commands named `…!` exit with 1. */
const scripted = hookContextOf(({ command: [word = ""] }) => ({
  kind: "exited",
  exitCode: word.endsWith("!") ? 1 : 0,
}));

function hookContextOf(exec: Parameters<typeof hookContext>[0]) {
  return () => hookContext(exec);
}

function hook(command: string, changes: Partial<ExecHook> = {}): ExecHook {
  return aHook({ name: `hook ${command}`, command: [command], ...changes });
}

const gist = ({ hook: { command }, status, reason }: HookOutcome): string =>
  `${command.join(" ")} ${status}${reason ? ` ${reason}` : ""}`;

async function run(hooks: readonly ExecHook[]): Promise<HooksResult & { gists: string[] }> {
  const result = await runHooks(hooks, aPod(), scripted(), never());
  return { ...result, gists: result.outcomes.map(gist) };
}

describe("runHooks: pre hooks (Ark 0.8.1, semantics 7.1)", () => {
  it("runs all hooks in order, one after another", async () => {
    let running = 0;
    const context = hookContext(async () => {
      assert.equal(++running, 1);
      await new Promise(setImmediate);
      running--;
      return { kind: "exited", exitCode: 0 } satisfies ExecOutcome;
    });
    const hooks = ["1a", "1b", "2a", "2b"].map((command) => hook(command));
    const { failed, anyStarted } = await runHooks(hooks, aPod(), context, never());
    assert.deepEqual(
      context.requests.map(({ command }) => command[0]),
      ["1a", "1b", "2a", "2b"],
    );
    assert.deepEqual(
      context.told.map(gist),
      ["1a", "1b", "2a", "2b"].map((c) => `${c} succeeded`),
    );
    assert.deepEqual([failed, anyStarted], [false, true]);
  });

  it("goes on after an error with Continue and skips all after the first with Fail", async () => {
    const hooks = [
      hook("1a!", { onError: "Continue" }),
      hook("1b"),
      hook("2!"),
      hook("3"),
      hook("4"),
    ];
    const { gists, failed, outcomes } = await run(hooks);
    assert.deepEqual(gists, [
      "1a! failed ExitCode",
      "1b succeeded",
      "2! failed ExitCode",
      "3 skipped EarlierHookFailed",
      "4 skipped EarlierHookFailed",
    ]);
    assert.equal(failed, true);
    assert.equal(outcomes[3]?.message, "hook hook 2! failed");
    assert.equal(outcomes[3]?.started, false);
  });

  it("is not failed by errors with Continue alone", async () => {
    const { failed, anyStarted } = await run([hook("1!", { onError: "Continue" })]);
    assert.deepEqual([failed, anyStarted], [false, true]);
  });

  it("is failed by a wrong container or an empty command too (Ark 0.8.1 let these pass, 7.3)", async () => {
    for (const change of [{ container: "zz" }, { command: [] }]) {
      const { failed, anyStarted } = await run([aHook(change)]);
      assert.deepEqual([failed, anyStarted], [true, false]);
    }
  });

  it("has nothing to do without hooks", async () => {
    assert.deepEqual(await runHooks([], aPod(), scripted(), never()), {
      outcomes: [],
      failed: false,
      anyStarted: false,
    });
  });
});

describe("runHooks: post hooks", () => {
  it("runs every post hook although one before it failed with Fail", async () => {
    const hooks = [hook("1!", { phase: "post" }), hook("2", { phase: "post" })];
    const { gists, failed } = await run(hooks);
    assert.deepEqual(gists, ["1! failed ExitCode", "2 succeeded"]);
    assert.equal(failed, true);
  });
});

describe("runHooks: pods that ran to their end", () => {
  for (const phase of ["Succeeded", "Failed"]) {
    it(`skips the hooks of a ${phase} pod with a note and no error`, async () => {
      const context = scripted();
      const pod = aPod({ phase, containers: [{ name: "foo", running: false }] });
      const result = await runHooks([hook("1"), hook("2")], pod, context, never());
      assert.deepEqual(result.outcomes.map(gist), [
        "1 skipped PodCompleted",
        "2 skipped PodCompleted",
      ]);
      assert.deepEqual([result.failed, result.anyStarted], [false, false]);
      assert.match(result.outcomes[0]?.message ?? "", new RegExp(phase));
      assert.deepEqual(context.requests, []);
    });
  }
});

describe("runHooks: interruption", () => {
  it("fails the running pre hook, on-error or not, and skips those after it", async () => {
    const interruption = new AbortController();
    const context = hookContext(hangs);
    const hooks = [hook("1", { onError: "Continue" }), hook("2")];
    const running = runHooks(hooks, aPod(), context, interruption.signal);
    await context.clock.whenSleeping();
    interruption.abort();
    const { outcomes, failed, anyStarted } = await running;
    assert.deepEqual(outcomes.map(gist), ["1 failed Interrupted", "2 skipped Interrupted"]);
    assert.deepEqual([failed, anyStarted], [true, true]);
    assert.equal(context.requests.length, 1);
  });
});

describe("runHooks: log lines (Ark 0.8.1, semantics 1.4)", () => {
  it("writes the start, both streams and the error, with Ark's fields", async () => {
    const context = hookContext(({ onStdout }) => {
      void onStdout?.(new TextEncoder().encode("out\n"));
      return { kind: "exited", exitCode: 2 };
    });
    const command = ["/bin/uname", "-a"];
    await runHooks([aHook({ command })], aPod(), context, never());
    assert.deepEqual(
      context.lines.map(({ level, message }) => `${level} ${message}`),
      [
        "info running exec hook",
        "info stdout: out\n",
        "info stderr: ",
        "error Error executing hook",
      ],
    );
    const fields = {
      groupResource: "pods",
      hookCommand: "[/bin/uname -a]",
      hookContainer: "foo",
      hookName: "hook1",
      hookOnError: "Fail",
      hookPhase: "pre",
      hookSource: "backupSpec",
      hookTimeout: "{30s}",
      hookType: "exec",
      name: "name",
      namespace: "ns",
    };
    assert.deepEqual(context.lines[0]?.fields, fields);
    const error = "command terminated with exit code 2";
    assert.deepEqual(context.lines[3]?.fields, { ...fields, error });
  });

  it("writes no output for a hook that never began, and a note for one that is skipped", async () => {
    const context = hookContext(() => ({ kind: "exited", exitCode: 0 }));
    await runHooks(
      [aHook({ container: "x" }), aHook({ source: "annotation" })],
      aPod(),
      context,
      never(),
    );
    assert.deepEqual(
      context.lines.map(({ level, message }) => `${level} ${message}`),
      ["error Error executing hook", "info skipped exec hook: hook hook1 failed"],
    );
    assert.equal(context.lines[0]?.fields["hookContainer"], "x");
    assert.equal(context.lines[1]?.fields["hookSource"], "annotation");
  });
});
