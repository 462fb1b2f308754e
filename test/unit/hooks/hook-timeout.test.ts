import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ExecOutcome } from "../../../src/cluster/cluster.ts";
import { runHook } from "../../../src/hooks/run-hook.ts";
import { aHook, aPod } from "../../support/hook-builders.ts";
import { exits, hangs, hookContext } from "../../support/hook-context.ts";

const never = (): AbortSignal => new AbortController().signal;

describe("a hook's time-out", () => {
  it("puts the hook in error, closes the connection and keeps the output so far", async () => {
    let closed: AbortSignal | undefined;
    const context = hookContext((request, signal) => {
      closed = signal;
      return hangs(request, signal);
    });
    const running = runHook(aHook({ timeoutMs: 2000 }), aPod(), context, never());
    await context.clock.whenSleeping();
    assert.equal(closed?.aborted, false);
    await context.clock.advance(2000);
    const { status, reason, message, started, durationMs, stdout } = await running;
    assert.deepEqual([status, reason], ["failed", "Timeout"]);
    assert.equal(message, "timed out after 2s; the process was ended (TERM)");
    assert.deepEqual([started, durationMs, stdout.text], [true, 2000, "so far"]);
    assert.equal(closed?.aborted, true);
    assert.equal(context.clock.sleeping, 0);
  });

  it("does not wait for an exec that ignores its signal", async () => {
    const context = hookContext(() => new Promise<ExecOutcome>(() => {}));
    const running = runHook(aHook({ timeoutMs: 50 }), aPod(), context, never());
    await context.clock.whenSleeping();
    await context.clock.advance(50);
    const { reason, message, started } = await running;
    assert.deepEqual(
      [reason, message],
      ["Timeout", "timed out after 50ms; the process was ended (TERM)"],
    );
    assert.equal(started, true, "the request may be on its way");
  });

  it("is not reached one millisecond early", async () => {
    const { promise, resolve } = Promise.withResolvers<ExecOutcome>();
    const context = hookContext(() => promise);
    const running = runHook(aHook({ timeoutMs: 30_000 }), aPod(), context, never());
    await context.clock.whenSleeping();
    await context.clock.advance(29_999);
    resolve({ kind: "exited", exitCode: 0 });
    const { status, durationMs } = await running;
    assert.deepEqual([status, durationMs], ["succeeded", 29_999]);
    assert.equal(context.clock.sleeping, 0);
  });

  it("gives when the hook began, by the wall clock", async () => {
    const context = hookContext(exits(0));
    await context.clock.advance(1000);
    const { startedAt } = await runHook(aHook(), aPod(), context, never());
    assert.equal(startedAt.toISOString(), "2026-01-02T03:04:06.000Z");
  });
});

describe("an interrupted hook", () => {
  it("ends at once, with the reason Interrupted and its output so far", async () => {
    const interruption = new AbortController();
    const context = hookContext(hangs);
    const running = runHook(aHook(), aPod(), context, interruption.signal);
    await context.clock.whenSleeping();
    interruption.abort();
    const { status, reason, started, stdout } = await running;
    assert.deepEqual([status, reason, started], ["failed", "Interrupted", true]);
    assert.equal(stdout.text, "so far");
    assert.equal(context.clock.sleeping, 0);
  });

  it("does not wait for an exec that ignores its signal, and counts it as begun", async () => {
    const interruption = new AbortController();
    const context = hookContext(() => new Promise<ExecOutcome>(() => {}));
    const running = runHook(aHook(), aPod(), context, interruption.signal);
    await context.clock.whenSleeping();
    interruption.abort();
    const { reason, started } = await running;
    assert.deepEqual([reason, started], ["Interrupted", true]);
  });

  it("never begins when the interruption came before it", async () => {
    const context = hookContext(exits(0));
    const { reason, started } = await runHook(aHook(), aPod(), context, AbortSignal.abort());
    assert.deepEqual([reason, started], ["Interrupted", false]);
    assert.deepEqual(context.requests, []);
  });
});
