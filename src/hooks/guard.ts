import type { Cluster, ExecOutcome } from "../cluster/cluster.ts";
import type { Clock } from "../lib/clock.ts";
import { openGuardSession, type GuardSession } from "./guard-session.ts";
import { GUARD_EXIT, GUARD_WORDS } from "./guard-script.ts";
import type { ExecHook } from "./hook.ts";

/** Without a word for so long the guard takes the client for gone. */
export const SILENCE_SECONDS = 15;
/** An exec takes well under a second; whoever needs longer cannot guard anything. */
const READY_TIMEOUT_MS = 10_000;
const END_TIMEOUT_MS = 5_000;
/** What a guard needs beside the time-outs of the hooks: it ends a pre hook that still runs, and hooks that hang. */
const THAW_MARGIN_MS = 10_000;

export type GuardTarget = {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Post hooks of this container, in order. */
  readonly hooks: readonly ExecHook[];
  /** Commands of the pod's pre hooks in this container: one that still runs is ended before the pod is thawed. */
  readonly preCommands: readonly (readonly string[])[];
  /** Whether these are all of the pod's pre hooks. */
  readonly seesAllPre: boolean;
  readonly maxFreezeMs: number;
};

/**
 * How a guard ended.
 * - dismissed: it was told that all is well, and had run nothing.
 * - thawed: it ran the post hooks itself. `because`: told, lost (its stdin ended), silent (no word came), late
 *   (max-freeze passed). `succeeded`: each exited with 0. `isSure`: no pre hook can have frozen anything after that.
 * - lost: its connection ended without a word. The end of its stdin makes it thaw, but nobody saw that.
 */
export type GuardEnd =
  | { readonly kind: "dismissed" }
  | {
      readonly kind: "thawed";
      readonly because: string;
      readonly succeeded: boolean;
      readonly isSure: boolean;
    }
  | { readonly kind: "lost"; readonly message: string };

/** Why a pod may not be frozen any more. */
export type GuardAlarm =
  | { readonly kind: "ended"; readonly end: GuardEnd }
  /** This client said nothing for so long that the guard may have taken it for gone. */
  | { readonly kind: "silence"; readonly silentMs: number };

/** A guard that is on its post. */
export type Guard = {
  readonly container: string;
  /** How it ended, as soon as it has. */
  ended(): GuardEnd | undefined;
  /** Resolves if something is amiss before it is dismissed or released. */
  readonly alarm: Promise<GuardAlarm>;
  tell(word: "calm" | "thawing"): void;
  /** All is well: ends it without running anything. Only "dismissed" says that it had not thawed the pod before. */
  dismiss(): Promise<GuardEnd>;
  /** Lets it thaw the pod. Resolves when it is done, within the hooks' time-outs. */
  release(): Promise<GuardEnd>;
};

export type GuardContext = { readonly cluster: Pick<Cluster, "exec">; readonly clock: Clock };

/**
 * Starts a guard and waits until it is on its post.
 * @param signal ends the wait: others may be frozen meanwhile
 * @returns what stands in the way where there can be none: no shell in the container, no connection. Never throws
 */
export async function startGuard(
  target: GuardTarget,
  context: GuardContext,
  signal: AbortSignal,
): Promise<Guard | { readonly unavailable: string }> {
  const { maxFreezeMs, ...task } = target;
  const maxFreezeSeconds = Math.ceil(maxFreezeMs / 1000);
  const session = openGuardSession(
    { ...task, maxFreezeSeconds, silenceSeconds: SILENCE_SECONDS },
    context,
  );
  const done = new AbortController();
  const patience = context.clock.sleep(READY_TIMEOUT_MS, AbortSignal.any([signal, done.signal]));
  const first = await Promise.race([
    session.ready,
    session.end,
    patience.then(
      () => "late" as const,
      () => "late" as const,
    ),
  ]);
  done.abort();
  if (first === "ready") return onPost(target, session, context);
  if (first !== "late") return { unavailable: whyUnavailable(first) };
  await finish(session, GUARD_WORDS.dismiss, signal.aborted ? 0 : END_TIMEOUT_MS, context);
  const why = signal.aborted ? "interrupted" : `no answer within ${READY_TIMEOUT_MS / 1000} s`;
  return { unavailable: why };
}

function onPost(target: GuardTarget, session: GuardSession, context: GuardContext): Guard {
  let end: GuardEnd | undefined;
  let isConcluding = false;
  const alarm = Promise.withResolvers<GuardAlarm>();
  const settled = session.end.then((outcome) => {
    end = toGuardEnd(outcome, session.output());
    if (!isConcluding) alarm.resolve({ kind: "ended", end });
    return end;
  });
  void session.gap.then((silentMs) => alarm.resolve({ kind: "silence", silentMs }));
  const conclude = async (word: "dismiss" | "thaw", timeoutMs: number): Promise<GuardEnd> => {
    isConcluding = true;
    await finish(session, word, timeoutMs, context);
    return settled;
  };
  const thawMs = target.hooks.reduce((sum, hook) => sum + hook.timeoutMs + 4_000, THAW_MARGIN_MS);
  return {
    container: target.container,
    ended: () => end,
    alarm: alarm.promise,
    tell: (word) => session.say(GUARD_WORDS[word]),
    dismiss: () => conclude(GUARD_WORDS.dismiss, END_TIMEOUT_MS),
    release: () => conclude(GUARD_WORDS.thaw, thawMs),
  };
}

/** Says the last word and waits for the guard to end; cuts the connection where it does not. */
async function finish(
  session: GuardSession,
  word: "dismiss" | "thaw",
  timeoutMs: number,
  { clock }: GuardContext,
): Promise<void> {
  const done = new AbortController();
  session.close(word);
  const patience = clock.sleep(timeoutMs, done.signal).catch(() => {});
  await Promise.race([session.end, patience]);
  done.abort();
  session.cut();
}

function toGuardEnd(outcome: ExecOutcome, output: string): GuardEnd {
  if (outcome.kind !== "exited") return { kind: "lost", message: messageOfOutcome(outcome) };
  const { exitCode } = outcome;
  if (exitCode === GUARD_EXIT.dismissed) return { kind: "dismissed" };
  if (exitCode === GUARD_EXIT.thawed || exitCode === GUARD_EXIT.thawFailed) {
    const [, because = "unknown", sure] = /^thawed (\w+) (\w+)$/m.exec(output) ?? [];
    const succeeded = exitCode === GUARD_EXIT.thawed;
    return { kind: "thawed", because, succeeded, isSure: sure === "sure" };
  }
  return { kind: "lost", message: `it ended with exit code ${exitCode}` };
}

function whyUnavailable(outcome: ExecOutcome): string {
  const isExited = outcome.kind === "exited";
  if (isExited && outcome.exitCode === GUARD_EXIT.unfit) return "there is no sleep in it";
  const isShellMissing =
    (isExited && [126, 127].includes(outcome.exitCode)) ||
    (outcome.kind === "failed" &&
      /executable file not found|no such file or directory/i.test(outcome.message));
  return isShellMissing ? "there is no shell in it" : messageOfOutcome(outcome);
}

function messageOfOutcome(outcome: ExecOutcome): string {
  if (outcome.kind === "exited") return `it ended with exit code ${outcome.exitCode}`;
  if (outcome.kind === "rejected") return outcome.error.message;
  return outcome.kind === "aborted" ? "it gave no answer" : outcome.message;
}
