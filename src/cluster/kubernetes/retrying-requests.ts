import { pause } from "../../lib/pause.ts";
import type { Clock } from "../../lib/clock.ts";
import { ArkError, hasCode } from "../../lib/errors.ts";
import { isConnectionCut, isNeverSent, isUnknownHost } from "./network-error.ts";
import type { ApiRequest, ApiResponse, SendRequest } from "./requests.ts";

export type RetryPolicy = {
  /** Including the first. */
  readonly maxAttempts: number;
  /** From the first attempt to the last one's start. */
  readonly budgetMs: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
};

export type RetryTools = {
  readonly clock: Clock;
  /** In [0, 1), as Math.random. */
  readonly random: () => number;
  readonly onRetry?: (description: string) => void;
};

/** Pseudo header on the last answer when attempts were given up: "gave up after 4 attempts in 12.3 s". */
export const attemptsHeader = "ark-attempts";

const maxUnpromising = 3;

type Outcome =
  | { readonly kind: "answered"; readonly response: ApiResponse }
  | { readonly kind: "failed"; readonly error: ArkError };

/**
 * Repeats what may succeed later: 429, 502, 503, 504, 500 for GET, connections refused, cut or timed out; with
 * exponential back-off and full jitter, and never sooner than Retry-After says. A 500, and a connection refused by a
 * server that has never answered, is tried 3 times at most. POST and PATCH are repeated only when
 * they surely did not run: 429 and a connection that never came about. A host name that cannot be resolved is
 * retried only once the server had answered before, so that a typing error is told at once.
 * @returns the last answer, with `attemptsHeader` when repeating it was given up
 * @throws the last error, with the attempts in its message; Cancelled as soon as the signal aborts
 */
export function retryRequests(
  send: SendRequest,
  policy: RetryPolicy,
  tools: RetryTools,
): SendRequest {
  let hasAnswered = false;
  return async (request, signal) => {
    const startedMs = tools.clock.monotonicMs();
    let unpromising = 0;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await attemptOnce(send, request, signal);
      if (outcome.kind === "answered") hasAnswered = true;
      const reason = retryReason(request, outcome, hasAnswered);
      if (reason === undefined) return settle(outcome);
      const elapsedMs = tools.clock.monotonicMs() - startedMs;
      const delayMs = nextDelayMs(outcome, attempt, policy, tools);
      if (seldomPasses(outcome, hasAnswered)) unpromising += 1;
      const isUsedUp = attempt >= policy.maxAttempts || unpromising >= maxUnpromising;
      if (isUsedUp || elapsedMs + delayMs > policy.budgetMs) {
        return settle(withAttempts(outcome, attempt, elapsedMs));
      }
      tools.onRetry?.(`${request.purpose}: ${reason}; trying again in ${seconds(delayMs)}`);
      await pause(tools.clock, delayMs, signal);
    }
  };
}

/**
 * A server that has never answered and refuses connections is more likely misnamed or down than restarting, and a 500 is
 * more likely a fault of the server than a passing one: both are told soon.
 */
function seldomPasses(outcome: Outcome, hasAnswered: boolean): boolean {
  return outcome.kind === "failed"
    ? !hasAnswered && isNeverSent(outcome.error)
    : outcome.response.status === 500;
}

async function attemptOnce(
  send: SendRequest,
  request: ApiRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    return { kind: "answered", response: await send(request, signal) };
  } catch (error) {
    if (error instanceof ArkError && !signal.aborted) return { kind: "failed", error };
    throw error;
  }
}

function settle(outcome: Outcome): ApiResponse {
  if (outcome.kind === "failed") throw outcome.error;
  return outcome.response;
}

/** Why it is worth repeating; undefined when it is not, or not safe. */
function retryReason(
  request: ApiRequest,
  outcome: Outcome,
  hasAnswered: boolean,
): string | undefined {
  const isIdempotent = request.method !== "POST" && request.method !== "PATCH";
  if (outcome.kind === "answered") {
    const { status } = outcome.response;
    const isRetryable =
      status === 429 ||
      (isIdempotent && [502, 503, 504].includes(status)) ||
      (request.method === "GET" && status === 500);
    return isRetryable ? `the server answered ${status}` : undefined;
  }
  const { error } = outcome;
  if (isUnknownHost(error)) return hasAnswered ? error.message : undefined;
  if (isNeverSent(error)) return error.message;
  const isTransient = isConnectionCut(error) || hasCode(error, "Timeout");
  return isIdempotent && isTransient ? error.message : undefined;
}

function nextDelayMs(
  outcome: Outcome,
  attempt: number,
  policy: RetryPolicy,
  { clock, random }: RetryTools,
): number {
  const ceilingMs = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
  const backoffMs = random() * ceilingMs;
  if (outcome.kind === "failed") return backoffMs;
  const wantedMs = retryAfterMs(outcome.response.headers["retry-after"], clock.now().getTime());
  return wantedMs === undefined ? backoffMs : wantedMs + random() * policy.baseDelayMs;
}

/** Retry-After as whole seconds or as an HTTP date. */
function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const dateMs = /^[A-Z][a-z]{2},/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}

function withAttempts(outcome: Outcome, attempts: number, elapsedMs: number): Outcome {
  const tried = `gave up after ${attempts} ${attempts === 1 ? "attempt" : "attempts"} in ${seconds(elapsedMs)}`;
  if (outcome.kind === "answered") {
    const headers = { ...outcome.response.headers, [attemptsHeader]: tried };
    return { kind: "answered", response: { ...outcome.response, headers } };
  }
  const { code, message, hint } = outcome.error;
  // The original stays the cause, so that its own cause can still be read by code.
  const error = new ArkError(code, `${message} (${tried})`, { hint, cause: outcome.error });
  return { kind: "failed", error };
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
