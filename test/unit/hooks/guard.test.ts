import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ExecOutcome, ExecRequest } from "../../../src/cluster/cluster.ts";
import { type Guard, type GuardTarget, startGuard } from "../../../src/hooks/guard.ts";
import { ArkError } from "../../../src/lib/errors.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { aHook } from "../../support/hook-builders.ts";
import { ScriptedGuards } from "../../support/scripted-guard.ts";

const never = new AbortController().signal;

function aTarget(changes: Partial<GuardTarget> = {}): GuardTarget {
  const hooks = [aHook({ phase: "post", command: ["thaw"] })];
  const place = { namespace: "shop", pod: "db", container: "main" };
  return {
    ...place,
    hooks,
    preCommands: [["freeze"]],
    seesAllPre: true,
    maxFreezeMs: 300_000,
    ...changes,
  };
}

type Exec = (request: ExecRequest, signal: AbortSignal) => Promise<ExecOutcome> | ExecOutcome;

function context(guards: ScriptedGuards, clock = new FakeClock()) {
  const exec: Exec = guards.around(() => ({ kind: "exited", exitCode: 0 }));
  return { clock, cluster: { exec: async (...call: Parameters<Exec>) => exec(...call) } };
}

const failing = (outcome: ExecOutcome) => ({
  clock: new FakeClock(),
  cluster: { exec: async () => outcome },
});

async function aGuard(
  ...[target, ports]: [GuardTarget, ReturnType<typeof context>]
): Promise<Guard> {
  const guard = await startGuard(target, ports, never);
  if ("unavailable" in guard) throw new Error(guard.unavailable);
  return guard;
}

/** A clock whose times can be set forward, as those of a machine that slept. */
class SleptClock extends FakeClock {
  wallMs = 0;
  monotonicAheadMs = 0;

  override now(): Date {
    return new Date(super.now().getTime() + this.wallMs);
  }

  override monotonicMs(): number {
    return super.monotonicMs() + this.monotonicAheadMs;
  }
}

describe("a guard on its post", () => {
  it("hears a heartbeat every 5 s", async () => {
    const guards = new ScriptedGuards();
    const ports = context(guards);
    await aGuard(aTarget(), ports);
    await ports.clock.whenSleeping();
    assert.deepEqual(guards.words, ["."]);
    await ports.clock.advance(15_000);
    assert.deepEqual(guards.words, [".", ".", ".", "."]);
  });

  it("hears a word at once, and again instead of the heartbeats", async () => {
    const guards = new ScriptedGuards();
    const ports = context(guards);
    const guard = await aGuard(aTarget(), ports);
    await ports.clock.whenSleeping();
    guard.tell("calm");
    await new Promise(setImmediate);
    await ports.clock.advance(6000);
    guard.tell("thawing");
    await new Promise(setImmediate);
    assert.deepEqual(guards.words, [".", "calm", "calm", "thawing"]);
  });

  it("is dismissed, and leaves no timer behind", async () => {
    const guards = new ScriptedGuards();
    const ports = context(guards);
    const guard = await aGuard(aTarget(), ports);
    assert.deepEqual(await guard.dismiss(), { kind: "dismissed" });
    assert.deepEqual(guard.ended(), { kind: "dismissed" });
    assert.deepEqual([ports.clock.sleeping, guards.running], [0, 0]);
  });

  it("is released, and says how that went", async () => {
    const guards = new ScriptedGuards();
    guards.onThaw = { exitCode: 11, says: "thawed told unsure" };
    const guard = await aGuard(aTarget(), context(guards));
    const end = { kind: "thawed", because: "told", succeeded: false, isSure: false };
    assert.deepEqual(await guard.release(), end);
  });

  it("that does not heed its dismissal is cut off after 5 s and counts as lost", async () => {
    const guards = new ScriptedGuards();
    const ports = context(guards);
    const guard = await aGuard(aTarget(), ports);
    guards.isDeaf = true;
    const dismissing = guard.dismiss();
    await ports.clock.advance(5000);
    assert.deepEqual(await dismissing, { kind: "lost", message: "it gave no answer" });
    assert.deepEqual([ports.clock.sleeping, guards.running], [0, 0]);
  });
});

describe("a guard raises the alarm", () => {
  it("when it has thawed by itself", async () => {
    const guards = new ScriptedGuards();
    const guard = await aGuard(aTarget(), context(guards));
    assert.equal(guard.ended(), undefined);
    guards.end(10, "thawed late sure");
    const end = { kind: "thawed", because: "late", succeeded: true, isSure: true };
    assert.deepEqual(await guard.alarm, { kind: "ended", end });
    assert.deepEqual(guard.ended(), end);
    assert.deepEqual(await guard.dismiss(), end);
  });

  it("when its connection is cut", async () => {
    const guards = new ScriptedGuards();
    const guard = await aGuard(aTarget(), context(guards));
    guards.cut();
    const end = { kind: "lost", message: "the connection was cut" };
    assert.deepEqual(await guard.alarm, { kind: "ended", end });
  });

  it("when it was killed", async () => {
    const guards = new ScriptedGuards();
    const guard = await aGuard(aTarget(), context(guards));
    guards.end(137, "");
    const end = { kind: "lost", message: "it ended with exit code 137" };
    assert.deepEqual(await guard.alarm, { kind: "ended", end });
  });

  for (const which of ["wallMs", "monotonicAheadMs"] as const) {
    it(`when this client was silent too long by ${which === "wallMs" ? "the wall clock" : "the monotonic clock"}`, async () => {
      const clock = new SleptClock();
      const guard = await aGuard(aTarget(), context(new ScriptedGuards(), clock));
      await clock.whenSleeping();
      clock[which] += 60_000;
      await clock.advance(5000);
      assert.deepEqual(await guard.alarm, { kind: "silence", silentMs: 65_000 });
    });
  }

  it("not when it is dismissed", async () => {
    const guard = await aGuard(aTarget(), context(new ScriptedGuards()));
    await guard.dismiss();
    const alarm = await Promise.race([
      guard.alarm,
      new Promise((resolve) => setImmediate(resolve, "none")),
    ]);
    assert.equal(alarm, "none");
  });
});

describe("there can be no guard", () => {
  const forbidden = new ArkError("Forbidden", "cannot create pods/exec");
  const rows: readonly [string, ExecOutcome, string][] = [
    [
      "where there is no shell",
      { kind: "failed", message: 'exec: "sh": executable file not found in $PATH' },
      "there is no shell in it",
    ],
    [
      "where the runtime says so by exit code",
      { kind: "exited", exitCode: 127 },
      "there is no shell in it",
    ],
    ["where there is no sleep", { kind: "exited", exitCode: 12 }, "there is no sleep in it"],
    ["where exec is forbidden", { kind: "rejected", error: forbidden }, "cannot create pods/exec"],
    [
      "where the runtime fails",
      { kind: "failed", message: "container not found" },
      "container not found",
    ],
    ["where the connection ends", { kind: "unknown", message: "cut" }, "cut"],
    ["where it ends at once", { kind: "exited", exitCode: 2 }, "it ended with exit code 2"],
  ];
  for (const [where, outcome, unavailable] of rows) {
    it(where, async () => {
      const ports = failing(outcome);
      assert.deepEqual(await startGuard(aTarget(), ports, never), { unavailable });
      assert.equal(ports.clock.sleeping, 0);
    });
  }

  it("where none answers in 10 s: it is dismissed, should it come late", async () => {
    const guards = new ScriptedGuards();
    guards.isReady = false;
    const ports = context(guards);
    const starting = startGuard(aTarget(), ports, never);
    await ports.clock.whenSleeping(2);
    await ports.clock.advance(10_000);
    assert.deepEqual(await starting, { unavailable: "no answer within 10 s" });
    assert.deepEqual(
      [guards.words.at(-1), guards.running, ports.clock.sleeping],
      ["dismiss", 0, 0],
    );
  });

  it("where the wait is interrupted: others may be frozen", async () => {
    const guards = new ScriptedGuards();
    guards.isReady = false;
    const [ports, interrupt] = [context(guards), new AbortController()];
    const starting = startGuard(aTarget(), ports, interrupt.signal);
    interrupt.abort();
    assert.deepEqual(await starting, { unavailable: "interrupted" });
    assert.deepEqual([guards.running, ports.clock.sleeping], [0, 0]);
  });
});
