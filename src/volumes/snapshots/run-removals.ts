import { pause } from "../../lib/pause.ts";
import { forEachParallel } from "../../lib/bounded-parallel.ts";
import type { Clock } from "../../lib/clock.ts";
import { ArkError, hasCode, messageOf, throwIfAborted } from "../../lib/errors.ts";

/** What became of something that was to be removed. */
export type RemovalResult =
  | { readonly kind: "removed" | "gone"; readonly message?: string | undefined }
  | {
      readonly kind: "left";
      readonly message: string;
      readonly hint?: string | undefined;
    };

/**
 * Looks at what there is, asks for the next deletion, and says how far it is. Called again and again, so it must not mind
 * what it has done before.
 * @throws ArkError
 */
export type RemovalStep = (
  signal: AbortSignal,
) => Promise<RemovalResult | { readonly kind: "waiting"; readonly message: string }>;

export type RemovalLimits = {
  /** For all of them together, from the first request on. */
  readonly waitMs: number;
};

const AT_ONCE = 16;
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 1_000;

type Removal = { readonly step: RemovalStep; result?: RemovalResult; message: string };

/**
 * Takes every removal as far as it goes, in rounds: all are asked for before one is waited for.
 * @returns one result for each step, in the same order; what takes too long is left, with its last word
 * @throws ArkError Cancelled
 */
export async function runRemovals(
  steps: readonly RemovalStep[],
  { waitMs }: RemovalLimits,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly RemovalResult[]> {
  const removals = steps.map((step): Removal => ({ step, message: "" }));
  const deadlineMs = clock.monotonicMs() + waitMs;
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(2 * delayMs, MAX_DELAY_MS)) {
    const open = removals.filter(({ result }) => result === undefined);
    await forEachParallel(open, AT_ONCE, (removal) => advance(removal, signal), signal);
    const leftMs = deadlineMs - clock.monotonicMs();
    if (leftMs <= 0 || open.every(({ result }) => result !== undefined)) break;
    await pause(clock, Math.min(delayMs, leftMs), signal);
  }
  return removals.map(({ result, message }) => result ?? { kind: "left", message });
}

async function advance(removal: Removal, signal: AbortSignal): Promise<void> {
  try {
    const result = await removal.step(signal);
    if (result.kind === "waiting") removal.message = result.message;
    else removal.result = result;
  } catch (error) {
    throwIfAborted(signal);
    removal.message = messageOf(error);
    if (isLasting(error)) {
      const hint = error instanceof ArkError ? error.hint : undefined;
      removal.result = { kind: "left", message: removal.message, hint };
    }
  }
}

/** Whether it is of no use to try again. */
function isLasting(error: unknown): boolean {
  return !hasCode(error, "ClusterUnreachable", "Timeout", "ServerError", "Conflict", "NotFound");
}
