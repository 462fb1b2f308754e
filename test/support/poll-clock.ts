import { FakeClock } from "./fake-clock.ts";

/** Longer sleeps are limits, which must not pass because something real, a compressor, takes its time. */
const LONGEST_POLL_MS = 2_000;

/** A FakeClock that tells polls from limits. */
export class PollClock extends FakeClock {
  /** How many polls are under way. */
  polling = 0;

  override async sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    const isPoll = delayMs <= LONGEST_POLL_MS;
    if (isPoll) this.polling += 1;
    try {
      await super.sleep(delayMs, signal);
    } finally {
      if (isPoll) this.polling -= 1;
    }
  }
}

/** Of real time: far more than any test takes. */
const PATIENCE_MS = 20_000;

/**
 * Lets time pass while something is polled for, until the promise is settled.
 * @throws when it is not by and by: something waits for a limit, or for nothing at all
 */
export async function whilePolling<T>(clock: PollClock, promise: Promise<T>): Promise<T> {
  const state = { isSettled: false };
  const settle = (): void => {
    state.isSettled = true;
  };
  promise.then(settle, settle);
  const untilMs = performance.now() + PATIENCE_MS;
  while (!state.isSettled) {
    await new Promise(setImmediate);
    if (performance.now() > untilMs) throw new Error("it does not come to an end");
    if (!state.isSettled && clock.polling > 0) await clock.advance(50);
  }
  return promise;
}
