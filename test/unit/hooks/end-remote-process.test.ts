import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ExecOutcome } from "../../../src/cluster/cluster.ts";
import type { HookOutcome, RemoteProcess } from "../../../src/hooks/hook.ts";
import { runHook } from "../../../src/hooks/run-hook.ts";
import { ArkError } from "../../../src/lib/errors.ts";
import { aHook, aPod } from "../../support/hook-builders.ts";
import { exits, hangs, hookContext } from "../../support/hook-context.ts";
import { says } from "../../support/process-endings.ts";

type Context = ReturnType<typeof hookContext>;
const never = (): AbortSignal => new AbortController().signal;
const hook = aHook({ command: ["sh", "-c", "sleep 600"], container: "foo", timeoutMs: 2000 });

/** Lets a hook time out after 2 s. */
async function timedOut(context: Context): Promise<HookOutcome> {
  const running = runHook(hook, aPod(), context, never());
  await context.clock.whenSleeping();
  await context.clock.advance(2000);
  return running;
}

describe("a hook that was broken off", () => {
  it("has its process ended by a shell in its own container, told its words and its age", async () => {
    const context = hookContext(hangs);
    await timedOut(context);
    const [{ namespace, pod, container, command, stdin } = {}] = context.endings;
    assert.deepEqual(
      [namespace, pod, container, command?.slice(0, 2), stdin],
      ["ns", "name", "foo", ["sh", "-c"], undefined],
    );
    assert.deepEqual(command?.slice(3), ["kubectl-ark-end-process", "200", ...hook.command]);
    assert.equal(context.endings.length, 1);
  });

  it("lasted for as long as it was waited for, whatever the ending took", async () => {
    const context = hookContext(hangs, async (request) => {
      await context.clock.advance(4000);
      return says("killed 7")(request);
    });
    const { durationMs, remoteProcess, stdout } = await timedOut(context);
    assert.deepEqual([durationMs, remoteProcess, stdout.text], [2000, "killed", "so far"]);
  });

  it("is not waited for any longer when the ending hangs for 5 s", async () => {
    const context = hookContext(hangs, () => new Promise<ExecOutcome>(() => {}));
    const running = timedOut(context);
    await context.clock.whenSleeping();
    await new Promise(setImmediate);
    await context.clock.advance(5000);
    const { message, remoteProcess } = await running;
    assert.equal(
      message,
      "timed out after 2s; the process could not be ended: no answer within 5s",
    );
    assert.equal(remoteProcess, "may still run");
    assert.equal(context.clock.sleeping, 0);
  });

  it("has its process ended after an interruption too, which does not break that off", async () => {
    const interruption = new AbortController();
    const context = hookContext(hangs, (request, signal) => {
      assert.equal(signal.aborted, false);
      return says("ended 7")(request);
    });
    const running = runHook(hook, aPod(), context, interruption.signal);
    await context.clock.whenSleeping();
    interruption.abort();
    const { message, remoteProcess } = await running;
    assert.deepEqual(
      [message, remoteProcess],
      ["interrupted; the process was ended (TERM)", "ended"],
    );
  });

  it("may still start when the server had not answered and nothing was found", async () => {
    const context = hookContext(() => new Promise<ExecOutcome>(() => {}), says("none"));
    const { message, remoteProcess } = await timedOut(context);
    assert.equal(remoteProcess, "may still run");
    assert.match(message ?? "", /; the process may still run: it was not found$/);
  });

  it("is not called gone by an answer that came late: it tells of another time", async () => {
    const context = hookContext(hangs, async (request) => {
      await context.clock.advance(2500);
      return says("none")(request);
    });
    assert.equal((await timedOut(context)).remoteProcess, "may still run");
  });
});

describe("a hook that ended by itself", () => {
  const ends: readonly ExecOutcome[] = [
    { kind: "exited", exitCode: 0 },
    { kind: "exited", exitCode: 1 },
    { kind: "failed", message: "no such program" },
    { kind: "unknown", message: "no status" },
    { kind: "rejected", error: new ArkError("Forbidden", "you may not") },
    { kind: "aborted", started: false },
  ];
  for (const end of ends) {
    it(`has no process to end: ${end.kind}`, async () => {
      const context = hookContext(() => end);
      const outcome = await runHook(hook, aPod(), context, never());
      assert.deepEqual(context.endings, []);
      assert.equal("remoteProcess" in outcome, false);
    });
  }
});

const rejected = (code: "NotFound" | "Forbidden", message: string): ExecOutcome => ({
  kind: "rejected",
  error: new ArkError(code, message),
});

describe("what the report says of the process", () => {
  const withoutShell = "the process could not be ended: no shell in the container";
  const noShell = 'exec: "sh": executable file not found in $PATH';
  const rows: readonly [
    what: string,
    ending: Parameters<typeof hookContext>[0],
    remoteProcess: RemoteProcess,
    remark: string,
  ][] = [
    ["TERM was enough", says("ended 7 8"), "ended", "the process was ended (TERM)"],
    ["KILL was needed", says("killed 8"), "killed", "the process did not heed TERM and was killed"],
    ["none is there", says("none"), "gone", "the process is gone"],
    ["the pod is gone", () => rejected("NotFound", "no such pod"), "gone", "the pod is gone"],
    [
      "several may be it",
      says("unclear 7 8"),
      "may still run",
      "the process may still run: it could not be told from others",
    ],
    [
      "it is another user's",
      says("denied 7"),
      "may still run",
      "the process may still run: no permission to end it",
    ],
    [
      "it hangs in the kernel",
      says("left 7"),
      "may still run",
      "the process may still run: even KILL has not ended it yet",
    ],
    ["there is no shell", exits(127), "may still run", withoutShell],
    ["the shell cannot be run", exits(126), "may still run", withoutShell],
    [
      "there is no shell, as containerd says it",
      () => ({ kind: "failed", message: noShell }),
      "may still run",
      withoutShell,
    ],
    [
      "the script fails",
      ({ onStderr }) => {
        void onStderr?.(new TextEncoder().encode("sh: odd\nmore\n"));
        return { kind: "exited", exitCode: 2 };
      },
      "may still run",
      "the process could not be ended: sh ended with exit code 2: sh: odd",
    ],
    [
      "the answer is garbage",
      says("\u0000 what"),
      "may still run",
      "the process could not be ended: the shell in the container gave no answer",
    ],
    [
      "the answer is endless",
      says("ended ".repeat(100_000)),
      "ended",
      "the process was ended (TERM)",
    ],
    [
      "the exec is refused",
      () => rejected("Forbidden", "you may not"),
      "may still run",
      "the process could not be ended: you may not",
    ],
    [
      "the connection is lost",
      () => ({ kind: "unknown", message: "no status" }),
      "may still run",
      "the process could not be ended: no status",
    ],
    [
      "the session is in error",
      () => ({ kind: "failed", message: "container gone\nmore" }),
      "may still run",
      "the process could not be ended: container gone",
    ],
    [
      "the exec throws against its contract",
      () => {
        throw new Error("bug");
      },
      "may still run",
      "the process could not be ended: bug",
    ],
  ];
  for (const [what, ending, remoteProcess, remark] of rows) {
    it(`${what}: ${remoteProcess}`, async () => {
      const context = hookContext(hangs, ending);
      const outcome = await timedOut(context);
      assert.equal(outcome.remoteProcess, remoteProcess);
      assert.equal(outcome.message, `timed out after 2s; ${remark}`);
      assert.deepEqual(context.told, [outcome]);
      assert.equal(context.clock.sleeping, 0);
    });
  }
});
