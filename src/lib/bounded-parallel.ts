import { throwIfAborted } from "./errors.ts";

/**
 * Runs `work` over `items` in order, at most `limit` at a time. When one throws, or the signal aborts, no new one is
 * begun, those under way are awaited, and the first error is thrown: nothing is left running behind the caller's back.
 */
export async function forEachParallel<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) {
      if (failures.length > 0 || signal.aborted) return;
      try {
        await work(next.value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, limit) }, worker));
  if (failures.length > 0) throw failures[0];
  throwIfAborted(signal);
}
