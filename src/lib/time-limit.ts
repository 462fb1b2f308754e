import type { Clock } from "./clock.ts";
import { formatGoDuration } from "./duration.ts";
import { ArkError } from "./errors.ts";

export type TimeLimit = {
  readonly clock: Clock;
  readonly limitMs: number;
  /** What has not happened when the time is over: "the snapshots were not cut". */
  readonly what: string;
};

/** Runs an action with a signal that also aborts, with an ArkError Timeout, after `limitMs`. No timer is left behind. */
export async function withTimeLimit<T>(
  { clock, limitMs, what }: TimeLimit,
  signal: AbortSignal,
  action: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  const [over, done] = [new AbortController(), new AbortController()];
  clock.sleep(limitMs, done.signal).then(
    () => over.abort(new ArkError("Timeout", `${what} within ${formatGoDuration(limitMs)}`)),
    () => {},
  );
  try {
    return await action(AbortSignal.any([signal, over.signal]));
  } finally {
    done.abort();
  }
}
