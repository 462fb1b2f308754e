import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiRequest, ApiResponse } from "../../../../src/cluster/kubernetes/requests.ts";
import { retryRequests } from "../../../../src/cluster/kubernetes/retrying-requests.ts";
import type { RetryPolicy } from "../../../../src/cluster/kubernetes/retrying-requests.ts";
import { toNetworkError } from "../../../../src/cluster/kubernetes/network-error.ts";
import { toArkError } from "../../../../src/cluster/kubernetes/status-error.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import type { ErrorCode } from "../../../../src/lib/errors.ts";
import { getPods, neverAborted } from "../../../support/connection-environment.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { scriptedSend, textAnswer } from "../../../support/scripted-send.ts";

const policy: RetryPolicy = {
  maxAttempts: 4,
  budgetMs: 60_000,
  baseDelayMs: 100,
  maxDelayMs: 300,
};

function answered(status: number, retryAfter?: string): ApiResponse {
  return { ...textAnswer("{}", status), headers: { "retry-after": retryAfter } };
}

function networkError(code: string): ArkError {
  const cause = Object.assign(new Error(code), { code });
  return toNetworkError(cause, new URL("https://server"));
}

type Step = ApiResponse | ArkError;

/** Runs a request against the steps, with all the time in the world; the last step is repeated. */
async function run(
  steps: readonly Step[],
  given: { request?: Partial<ApiRequest>; policy?: Partial<RetryPolicy>; random?: number } = {},
) {
  const clock = new FakeClock("2026-01-01T00:00:00Z");
  const retries: string[] = [];
  const sentAtMs: number[] = [];
  const inner = scriptedSend((_request, index) => {
    sentAtMs.push(clock.monotonicMs());
    const step = steps[Math.min(index, steps.length - 1)];
    if (step === undefined || step instanceof Error) throw step;
    return step;
  });
  const tools = {
    clock,
    random: () => given.random ?? 0.5,
    onRetry: (description: string) => void retries.push(description),
  };
  const send = retryRequests(inner, { ...policy, ...given.policy }, tools);
  const progress = { isDone: false };
  const outcome = send({ ...getPods, ...given.request }, neverAborted).then(
    (response) => ({ response, error: undefined }),
    (error: unknown) => ({ response: undefined, error }),
  );
  void outcome.finally(() => {
    progress.isDone = true;
  });
  while (!progress.isDone) {
    await new Promise(setImmediate);
    await clock.advance(10);
  }
  return { ...(await outcome), attempts: sentAtMs.length, sentAtMs, retries };
}

test("429, 502, 503, 504 and 500 of a GET are repeated until it succeeds", async () => {
  for (const status of [429, 500, 502, 503, 504]) {
    const { response, attempts, retries } = await run([answered(status), answered(200)]);
    assert.deepEqual([response?.status, attempts], [200, 2]);
    assert.match(retries.join(), new RegExp(`list pods: the server answered ${status}; trying`));
  }
});

test("other answers are not repeated", async () => {
  for (const status of [200, 301, 400, 401, 403, 404, 409, 410, 422, 501]) {
    assert.equal((await run([answered(status)])).attempts, 1, `${status}`);
  }
});

test("500 is repeated for GET only, 502 to 504 also for PUT and DELETE", async () => {
  const cases: readonly (readonly [ApiRequest["method"], status: number, attempts: number])[] = [
    ["PUT", 500, 1],
    ["DELETE", 500, 1],
    ["PUT", 503, 2],
    ["DELETE", 504, 2],
    ["POST", 500, 1],
    ["POST", 502, 1],
    ["POST", 503, 1],
    ["PATCH", 504, 1],
    ["POST", 429, 2],
    ["PATCH", 429, 2],
  ];
  for (const [method, status, attempts] of cases) {
    const result = await run([answered(status), answered(200)], { request: { method } });
    assert.equal(result.attempts, attempts, `${method} ${status}`);
  }
});

test("cut connections and time-outs are repeated, but never for POST and PATCH", async () => {
  const failures = [
    networkError("ECONNRESET"),
    networkError("EPIPE"),
    new ArkError("Timeout", "no complete answer within 5 s"),
  ];
  for (const failure of failures) {
    assert.equal((await run([failure, answered(200)])).attempts, 2);
    for (const method of ["POST", "PATCH"] as const) {
      const { error, attempts } = await run([failure, answered(200)], { request: { method } });
      assert.equal(attempts, 1);
      assert.equal(error, failure);
    }
  }
});

test("a refused connection is repeated for every method: nothing was sent", async () => {
  for (const method of ["GET", "POST", "PATCH"] as const) {
    const result = await run([networkError("ECONNREFUSED"), answered(201)], {
      request: { method },
    });
    assert.deepEqual([result.response?.status, result.attempts], [201, 2]);
  }
});

test("certificates, credentials and interruptions are not repeated", async () => {
  const codes: readonly ErrorCode[] = ["KubeconfigInvalid", "Cancelled", "ServerError"];
  const failures = codes.map((code) => new ArkError(code, code));
  for (const failure of [...failures, networkError("CERT_HAS_EXPIRED")]) {
    const { error, attempts } = await run([failure]);
    assert.deepEqual([error, attempts], [failure, 1]);
  }
});

test("an unknown host is repeated only after the server was reached once", async () => {
  assert.equal((await run([networkError("ENOTFOUND"), answered(200)])).attempts, 1);
  const steps = [answered(503), networkError("ENOTFOUND"), answered(200)];
  assert.equal((await run(steps)).attempts, 3);
});

test("Retry-After is honoured in seconds and as a date", async () => {
  const bySeconds = await run([answered(429, "7"), answered(200)], { random: 0 });
  assert.deepEqual(bySeconds.sentAtMs, [0, 7000]);
  const date = "Thu, 01 Jan 2026 00:00:09 GMT";
  const byDate = await run([answered(503, date), answered(200)], { random: 0 });
  assert.deepEqual(byDate.sentAtMs, [0, 9000]);
});

test("an unreadable Retry-After falls back to the back-off", async () => {
  for (const text of ["soon", "-5", "", "1e9", "9".repeat(400)]) {
    const { sentAtMs } = await run([answered(429, text), answered(200)], { random: 0.5 });
    assert.deepEqual(sentAtMs, [0, 50], text);
  }
});

test("a Retry-After beyond the budget ends the attempts at once", async () => {
  const { response, attempts } = await run([answered(429, "3600")]);
  assert.deepEqual([response?.status, attempts], [429, 1]);
});

test("the back-off doubles up to its cap, with full jitter", async () => {
  const top = await run([answered(503)], { random: 1, policy: { maxAttempts: 5 } });
  assert.deepEqual(top.sentAtMs, [0, 100, 300, 600, 900]);
  const none = await run([answered(503)], { random: 0, policy: { maxAttempts: 3 } });
  assert.deepEqual(none.sentAtMs, [0, 0, 0]);
});

test("when attempts are used up the last answer comes back and its error names them", async () => {
  const { response, attempts } = await run([answered(503)]);
  assert.ok(response);
  assert.equal(attempts, policy.maxAttempts);
  assert.match(toArkError(response, getPods).message, /\(gave up after 4 attempts in 0\.\d s\)/);
});

test("when the budget is used up the last error names the attempts and keeps code and hint", async () => {
  const failure = networkError("ECONNREFUSED");
  const { error, sentAtMs } = await run([answered(429, "0"), failure], {
    random: 1,
    policy: { maxAttempts: 100, budgetMs: 1000 },
  });
  assert.ok(error instanceof ArkError);
  assert.ok((sentAtMs.at(-1) ?? 0) <= 1000);
  assert.match(error.message, /connection refused \(gave up after 5 attempts in 0\.9 s\)/);
  assert.equal(error.code, "ClusterUnreachable");
  assert.equal(error.hint, failure.hint);
  assert.equal(error.cause, failure);
});

test("a connection refused before any answer is tried 3 times only, afterwards as often as others", async () => {
  const refused = networkError("ECONNREFUSED");
  const first = await run([refused], { policy: { maxAttempts: 8 } });
  assert.equal(first.attempts, 3);
  assert.ok(first.error instanceof ArkError);
  assert.match(first.error.message, /gave up after 3 attempts/);
  const later = await run([answered(503), refused], { policy: { maxAttempts: 8 } });
  assert.equal(later.attempts, 8);
  assert.equal((await run([refused], { policy: { maxAttempts: 2 } })).attempts, 2);
});

test("a connection that is cut before any answer is tried as often as others", async () => {
  const cut = await run([networkError("ECONNRESET")], { policy: { maxAttempts: 8 } });
  assert.equal(cut.attempts, 8);
});

test("a 500 is tried 3 times only, a 503 as often as allowed", async () => {
  const failed = await run([answered(500)], { policy: { maxAttempts: 8 } });
  assert.deepEqual([failed.response?.status, failed.attempts], [500, 3]);
  const busy = await run([answered(503)], { policy: { maxAttempts: 8 } });
  assert.equal(busy.attempts, 8);
  const mixed = [answered(503), answered(502), answered(500), answered(500), answered(200)];
  assert.equal((await run(mixed, { policy: { maxAttempts: 8 } })).response?.status, 200);
});

test("an abort ends the pause between attempts", async () => {
  const clock = new FakeClock();
  const inner = scriptedSend(() => answered(429, "30"));
  const send = retryRequests(inner, policy, { clock, random: () => 0 });
  const controller = new AbortController();
  const sending = send(getPods, controller.signal);
  await clock.whenSleeping();
  controller.abort();
  await assert.rejects(sending, { code: "Cancelled" });
  assert.equal(clock.sleeping, 0);
  assert.equal(inner.sent.length, 1);
});
