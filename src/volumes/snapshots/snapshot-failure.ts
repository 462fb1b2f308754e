import type { Clock } from "../../lib/clock.ts";
import { ArkError, messageOf } from "../../lib/errors.ts";
import { shorten } from "../../lib/shorten.ts";
import { refusalHint } from "./create-snapshot.ts";
import type { SnapshotState } from "./snapshot-state.ts";
import type { SnapshotFailure } from "./volume-snapshots.ts";

/** Drivers put whole stack traces into their messages. */
const MAX_MESSAGE_LENGTH = 500;

type Words = Pick<SnapshotFailure, "message" | "hint" | "code">;

export function failure(clock: Clock, { message, hint, code }: Words): SnapshotFailure {
  return {
    kind: "failed",
    failedAt: clock.now(),
    message,
    ...(hint !== undefined && { hint }),
    ...(code !== undefined && { code }),
  };
}

/** Of something that was thrown; of the signal's reason once it has aborted. */
export function failureOf(error: unknown, clock: Clock, signal: AbortSignal): SnapshotFailure {
  return signal.aborted ? abortFailure(clock, signal) : errorFailure(error, clock);
}

/** Of something that was thrown. */
export function errorFailure(error: unknown, clock: Clock): SnapshotFailure {
  const message = shorten(messageOf(error), MAX_MESSAGE_LENGTH);
  return error instanceof ArkError
    ? failure(clock, { message, hint: refusalHint(error), code: error.code })
    : failure(clock, { message });
}

/** Of a signal that aborts before the snapshot was cut. */
export function abortFailure(clock: Clock, { reason }: AbortSignal): SnapshotFailure {
  const isOurs = reason instanceof ArkError;
  const words = isOurs ? reason.message : "interrupted";
  return failure(clock, {
    message: `${words}: the snapshot was not cut yet`,
    hint: isOurs ? reason.hint : undefined,
    code: isOurs ? reason.code : "Cancelled",
  });
}

/** What the controller or the driver has to say against it. */
export function driverFailure(clock: Clock, error: string): SnapshotFailure {
  const words = error === "" ? "the driver gives no reason" : shorten(error, MAX_MESSAGE_LENGTH);
  return failure(clock, { message: `the snapshot has failed: ${words}` });
}

/** Of a snapshot that is not done in time. */
export function lateFailure(
  clock: Clock,
  what: "cut" | "ready",
  { state, limitMs }: { readonly state: SnapshotState | undefined; readonly limitMs: number },
): SnapshotFailure {
  const last = state?.error ? `: ${shorten(state.error, MAX_MESSAGE_LENGTH)}` : "";
  return failure(clock, {
    message: `the snapshot was not ${what} within ${limitMs / 1000} s${last}`,
    hint: lateHint(state),
    code: "Timeout",
  });
}

function lateHint(state: SnapshotState | undefined): string {
  if (state?.isTakenUp !== true) {
    return "Nothing in the cluster has taken it up: check that the snapshot controller runs.";
  }
  return "Check the driver's csi-snapshotter, or allow it more time with --snapshot-timeout.";
}
