import type { Clock } from "./clock.ts";
import { throwIfAborted } from "./errors.ts";

/** Waits between two tries. @throws ArkError Cancelled, or the signal's own, as soon as it aborts */
export async function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(delayMs, signal);
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
}
