import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "./clock.ts";
import { throwIfAborted } from "./errors.ts";

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  async sleep(delayMs, signal) {
    try {
      await delay(delayMs, undefined, signal ? { signal } : {});
    } catch (error) {
      if (signal) throwIfAborted(signal);
      throw error;
    }
  },
};
