import type { Clock } from "../../src/lib/clock.ts";

type Sleeper = { readonly dueMs: number; readonly wake: () => void };

/** A Clock that stands still until it is advanced. */
export class FakeClock implements Clock {
  readonly #startMs: number;
  readonly #sleepers = new Set<Sleeper>();
  readonly #watchers = new Set<() => void>();
  #elapsedMs = 0;

  constructor(start = "2026-01-02T03:04:05Z") {
    this.#startMs = Date.parse(start);
  }

  /** How many sleeps are under way; 0 in the end, or a timer was left behind. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  now(): Date {
    return new Date(this.#startMs + this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal?.aborted) {
      reject(signal.reason);
      return promise;
    }
    const abort = (): void => {
      this.#sleepers.delete(sleeper);
      reject(signal?.reason);
    };
    const wake = (): void => {
      signal?.removeEventListener("abort", abort);
      resolve();
    };
    const sleeper: Sleeper = { dueMs: this.#elapsedMs + delayMs, wake };
    signal?.addEventListener("abort", abort, { once: true });
    this.#sleepers.add(sleeper);
    for (const watcher of this.#watchers) watcher();
    return promise;
  }

  /** Moves time on, waking sleepers in the order they are due, and lets what they started run as far as it goes. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#elapsedMs + ms;
    for (let next = this.#nextDue(untilMs); next; next = this.#nextDue(untilMs)) {
      this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
      this.#sleepers.delete(next);
      next.wake();
      await new Promise(setImmediate);
    }
    this.#elapsedMs = untilMs;
  }

  /** Resolves as soon as `count` sleeps are under way. */
  async whenSleeping(count = 1): Promise<void> {
    while (this.#sleepers.size < count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#watchers.add(resolve);
      await promise;
      this.#watchers.delete(resolve);
    }
  }

  #nextDue(untilMs: number): Sleeper | undefined {
    const due = [...this.#sleepers].filter(({ dueMs }) => dueMs <= untilMs);
    return due.toSorted((a, b) => a.dueMs - b.dueMs)[0];
  }
}
