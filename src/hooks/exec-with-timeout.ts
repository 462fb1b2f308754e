import type { Cluster, ExecOutcome, ExecRequest } from "../cluster/cluster.ts";
import type { Clock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";

export type ExecEnd = ExecOutcome | { readonly kind: "timed out" };

export type TimedExec = {
  readonly cluster: Pick<Cluster, "exec">;
  readonly clock: Clock;
  readonly timeoutMs: number;
};

/**
 * An exec that ends after `timeoutMs`, counted from this call, or when `signal` aborts. The connection then is closed, but
 * nobody waits for that: the pod may be frozen. No timer is left behind. Never throws.
 */
export async function execWithTimeout(
  request: ExecRequest,
  { cluster, clock, timeoutMs }: TimedExec,
  signal: AbortSignal,
): Promise<ExecEnd> {
  const [timedOut, done] = [new AbortController(), new AbortController()];
  const ending = AbortSignal.any([signal, timedOut.signal]);
  const exec = cluster.exec(request, ending).catch(
    // Against its contract: nothing is known then, so the command may have run.
    (error: unknown): ExecEnd => ({ kind: "unknown", message: messageOf(error) }),
  );
  const timer = clock.sleep(timeoutMs, done.signal).then((): ExecEnd => {
    timedOut.abort();
    return { kind: "timed out" };
  });
  // The abort that ends the timer is no failure.
  timer.catch(() => {});
  try {
    const end = await Promise.race([exec, timer, whenAborted(signal, done.signal)]);
    return end.kind === "aborted" && timedOut.signal.aborted ? { kind: "timed out" } : end;
  } finally {
    done.abort();
  }
}

function whenAborted(signal: AbortSignal, done: AbortSignal): Promise<ExecEnd> {
  const { promise, resolve } = Promise.withResolvers<ExecEnd>();
  // The request may be on its way without an answer: whoever must undo something has to assume that it ran.
  const onAbort = (): void => resolve({ kind: "aborted", started: true });
  signal.addEventListener("abort", onAbort, { once: true, signal: done });
  return promise;
}
