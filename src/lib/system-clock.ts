import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "./clock.ts";
import { throwIfAborted } from "./errors.ts";

const longestTimerMs = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  // The same clock as `performance.now`, which loads everything that measures performance.
  monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
  async sleep(delayMs, signal) {
    try {
      // A timer takes 2^31 - 1 ms at the most and goes off at once beyond.
      for (let left = delayMs; left > 0; left -= longestTimerMs) {
        await delay(Math.min(left, longestTimerMs), undefined, signal ? { signal } : {});
      }
    } catch (error) {
      if (signal) throwIfAborted(signal);
      throw error;
    }
  },
};
