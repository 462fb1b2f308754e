/** PORT: time, so that the domain can be tested without waiting. */
export interface Clock {
  /** Wall-clock time, for what people read. */
  now(): Date;
  /** Milliseconds that only go forward, for durations. */
  monotonicMs(): number;
  /** Resolves after `delayMs`, or rejects with the signal's reason as soon as it aborts. Never keeps the process alive after an abort. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}
