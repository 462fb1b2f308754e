import type { Clock } from "../../lib/clock.ts";
import { throwIfAborted } from "../../lib/errors.ts";
import type { Credential, CredentialSource } from "./credentials.ts";

export type FetchedCredential = {
  readonly credential: Credential;
  /** Milliseconds since the epoch. Absent: valid until the server says otherwise. */
  readonly expiresAtMs?: number | undefined;
};

/** Renewed so long before it expires that a request under way is not caught by the end. */
const marginMs = 30_000;

/**
 * Keeps a fetched credential until shortly before it expires; callers at the same time share one fetch.
 * A failed fetch is not kept. The margin is half of the lifetime when that is under a minute.
 * @param fetch is aborted only by `close`, since several callers may wait for it
 */
export function cachedCredentials(
  fetch: (signal: AbortSignal) => Promise<FetchedCredential>,
  clock: Clock,
): CredentialSource {
  const closing = new AbortController();
  let pending: Promise<Credential> | undefined;
  let usableUntilMs = Number.POSITIVE_INFINITY;

  const start = (): Promise<Credential> => {
    const fetching = fetch(closing.signal).then(({ credential, expiresAtMs }) => {
      if (pending === fetching) usableUntilMs = usableUntil(expiresAtMs, clock.now().getTime());
      return credential;
    });
    usableUntilMs = Number.POSITIVE_INFINITY;
    fetching.catch(() => {
      if (pending === fetching) pending = undefined;
    });
    return fetching;
  };

  return {
    renewable: true,
    current: (signal) => {
      if (pending === undefined || clock.now().getTime() >= usableUntilMs) pending = start();
      return orAborted(pending, signal);
    },
    renew: () => {
      pending = undefined;
    },
    close: () => closing.abort(),
  };
}

function usableUntil(expiresAtMs: number | undefined, nowMs: number): number {
  if (expiresAtMs === undefined) return Number.POSITIVE_INFINITY;
  return expiresAtMs - Math.min(marginMs, Math.max(0, expiresAtMs - nowMs) / 2);
}

/** Lets one caller go when its signal aborts, while the others keep waiting. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      try {
        throwIfAborted(signal);
      } catch (error) {
        reject(error);
      }
    };
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
    onAbort();
  });
}
