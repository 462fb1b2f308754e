import type { ExecOutcome } from "../../src/cluster/cluster.ts";

/** The outcome, or "aborted" as soon as the signal says so. */
export async function endOnAbort(
  outcome: Promise<ExecOutcome> | ExecOutcome,
  signal: AbortSignal,
): Promise<ExecOutcome> {
  const { promise: aborted, resolve } = Promise.withResolvers<ExecOutcome>();
  const abort = (): void => resolve({ kind: "aborted", started: true });
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([aborted, outcome]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
