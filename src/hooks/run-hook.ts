import type { Cluster } from "../cluster/cluster.ts";
import { captureOutput } from "../lib/bounded-output.ts";
import type { Clock } from "../lib/clock.ts";
import { formatGoDuration } from "../lib/duration.ts";
import type { Log } from "../lib/log.ts";
import { chooseContainer } from "./choose-container.ts";
import { endRemoteProcess } from "./end-remote-process.ts";
import { type ExecEnd, execWithTimeout } from "./exec-with-timeout.ts";
import type { ExecHook, HookOutcome, HookReason, HookStatus, RemoteProcess } from "./hook.ts";
import { logHookEnd, logHookStart } from "./log-hook.ts";
import type { PodView } from "./pod-view.ts";

/** Kept of each stream of a hook. */
const OUTPUT_LIMIT_BYTES = 1024 * 1024;

export type HookStream = "stdout" | "stderr";

export type HookContext = {
  readonly cluster: Pick<Cluster, "exec">;
  readonly clock: Clock;
  readonly log: Log;
  /** Called for each hook as soon as it ended or was skipped. */
  readonly onOutcome?: (outcome: HookOutcome) => void;
  /** Called with what a hook says, as it says it. Must not throw. */
  readonly onOutput?: (hook: ExecHook, stream: HookStream, chunk: Uint8Array) => void;
};

/** The part of an outcome that says how it went. */
type Verdict = {
  readonly status: HookStatus;
  readonly reason?: HookReason;
  readonly message?: string;
  readonly exitCode?: number;
  /** Whether the command may have run; absent: surely not. */
  readonly started?: boolean;
  readonly remoteProcess?: RemoteProcess;
};

/**
 * Runs one hook in a pod and says how it ended; never throws. The time-out counts from the call, connecting included.
 * When it is reached, or `signal` aborts, the connection is closed and what was captured is kept; then the remote process
 * is ended, which takes 5 s at the most and is not part of the outcome's duration. Nothing is tried twice.
 */
export async function runHook(
  hook: ExecHook,
  pod: PodView,
  context: HookContext,
  signal: AbortSignal,
): Promise<HookOutcome> {
  const { container, refusal } = chooseContainer(hook, pod);
  if (refusal) return settle({ hook, pod, container }, context, { status: "failed", ...refusal });
  if (signal.aborted) return settle({ hook, pod, container }, context, interrupted(false));
  logHookStart(context.log, hook, pod, container);
  return execHook({ hook, pod, container }, context, signal);
}

/** The outcome of a hook that is not run on purpose. */
export function skipHook(
  hook: ExecHook,
  pod: PodView,
  context: HookContext,
  why: { readonly reason: HookReason; readonly message: string },
): HookOutcome {
  const { container } = chooseContainer(hook, pod);
  return settle({ hook, pod, container }, context, { status: "skipped", ...why });
}

type Place = { readonly hook: ExecHook; readonly pod: PodView; readonly container: string };
type Session = Pick<HookOutcome, "startedAt" | "durationMs" | "stdout" | "stderr">;

async function execHook(
  place: Place,
  context: HookContext,
  signal: AbortSignal,
): Promise<HookOutcome> {
  const { hook, pod, container } = place;
  const [stdout, stderr] = [captureOutput(OUTPUT_LIMIT_BYTES), captureOutput(OUTPUT_LIMIT_BYTES)];
  const [startedAt, from] = [context.clock.now(), context.clock.monotonicMs()];
  let opened = false;
  const request = {
    namespace: pod.namespace,
    pod: pod.name,
    container,
    command: hook.command,
  };
  const streams = {
    onStdout(chunk: Uint8Array) {
      stdout.write(chunk);
      context.onOutput?.(hook, "stdout", chunk);
    },
    onStderr(chunk: Uint8Array) {
      stderr.write(chunk);
      context.onOutput?.(hook, "stderr", chunk);
    },
    onStarted: () => void (opened = true),
  };
  const timed = { ...context, timeoutMs: hook.timeoutMs };
  const end = await execWithTimeout({ ...request, ...streams }, timed, signal);
  const durationMs = context.clock.monotonicMs() - from;
  const session = { startedAt, durationMs, stdout: stdout.result(), stderr: stderr.result() };
  const verdict = verdictOf(end, hook);
  if (!isBrokenOff(end)) return settle(place, context, verdict, session);
  const broken = { request, elapsedMs: durationMs, opened };
  const { remoteProcess, remark } = await endRemoteProcess(broken, context);
  const message = `${verdict.message ?? ""}; ${remark}`;
  return settle(place, context, { ...verdict, message, remoteProcess }, session);
}

/** Nobody waits for the command any more, but it may be running. */
function isBrokenOff(end: ExecEnd): boolean {
  return end.kind === "timed out" || (end.kind === "aborted" && end.started);
}

function verdictOf(end: ExecEnd, hook: ExecHook): Verdict {
  switch (end.kind) {
    case "exited":
      return exited(end.exitCode);
    case "rejected":
      return { status: "failed", reason: "Rejected", message: end.error.message, started: false };
    case "failed":
      return { status: "failed", reason: "ExecFailed", message: end.message, started: true };
    case "unknown": {
      const message = `outcome unknown: ${end.message}`;
      return { status: "failed", reason: "OutcomeUnknown", message, started: true };
    }
    case "timed out": {
      const message = `timed out after ${formatGoDuration(hook.timeoutMs)}`;
      // Also without a session: the request may be on its way, and a freeze that comes late must be undone too.
      return { status: "failed", reason: "Timeout", message, started: true };
    }
    case "aborted":
      break;
  }
  return interrupted(end.started);
}

function exited(exitCode: number): Verdict {
  if (exitCode === 0) return { status: "succeeded", exitCode, started: true };
  const message = `command terminated with exit code ${exitCode}`;
  return { status: "failed", reason: "ExitCode", message, exitCode, started: true };
}

function interrupted(started: boolean): Verdict {
  return { status: "failed", reason: "Interrupted", message: "interrupted", started };
}

function settle(
  { hook, pod, container }: Place,
  { clock, log, onOutcome }: HookContext,
  verdict: Verdict,
  session?: Session,
): HookOutcome {
  const nothing = captureOutput(0).result();
  const outcome: HookOutcome = {
    namespace: pod.namespace,
    pod: pod.name,
    container,
    hook,
    ...(session ?? { startedAt: clock.now(), durationMs: 0, stdout: nothing, stderr: nothing }),
    ...verdict,
    started: verdict.started ?? false,
  };
  logHookEnd(log, outcome, pod);
  onOutcome?.(outcome);
  return outcome;
}
