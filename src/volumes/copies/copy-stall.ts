import type { Clock } from "../../lib/clock.ts";

export type StallWatch = { readonly touch: () => void; stop(): void };

/** Calls `onStall` once when nobody has touched it for `limitMs`. `stop` leaves no timer behind. */
export function watchForStall(clock: Clock, limitMs: number, onStall: () => void): StallWatch {
  const done = new AbortController();
  let touchedMs = clock.monotonicMs();
  async function watch(): Promise<void> {
    while (true) {
      const idleMs = clock.monotonicMs() - touchedMs;
      if (idleMs >= limitMs) return onStall();
      await clock.sleep(limitMs - idleMs, done.signal);
    }
  }
  // It only rejects when it is stopped.
  watch().catch(() => {});
  return {
    touch: () => {
      touchedMs = clock.monotonicMs();
    },
    stop: () => done.abort(),
  };
}
