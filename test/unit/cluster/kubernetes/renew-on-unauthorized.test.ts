import assert from "node:assert/strict";
import { test } from "node:test";
import { renewOnUnauthorized } from "../../../../src/cluster/kubernetes/renew-on-unauthorized.ts";
import { getPods, neverAborted } from "../../../support/connection-environment.ts";
import { scriptedSend, textAnswer } from "../../../support/scripted-send.ts";

function renewal() {
  let count = 0;
  return { generation: () => count, renew: () => void (count += 1) };
}

test("a request that is not refused is sent once, without renewal", async () => {
  const inner = scriptedSend(() => textAnswer("{}", 403));
  const credentials = renewal();
  const response = await renewOnUnauthorized(inner, credentials)(getPods, neverAborted);
  assert.equal(response.status, 403);
  assert.equal(inner.sent.length, 1);
  assert.equal(credentials.generation(), 0);
});

test("a 401 renews and repeats once, whatever the second answer", async () => {
  for (const second of [200, 401, 500]) {
    const inner = scriptedSend((_request, index) => textAnswer("{}", index === 0 ? 401 : second));
    const credentials = renewal();
    const response = await renewOnUnauthorized(inner, credentials)(getPods, neverAborted);
    assert.equal(response.status, second);
    assert.equal(inner.sent.length, 2);
    assert.equal(credentials.generation(), 1);
  }
});

test("requests that were refused with the same credential renew it once", async () => {
  const inner = scriptedSend((_request, index) => textAnswer("{}", index < 3 ? 401 : 200));
  const credentials = renewal();
  const send = renewOnUnauthorized(inner, credentials);
  const responses = await Promise.all([1, 2, 3].map(() => send(getPods, neverAborted)));
  assert.deepEqual(
    responses.map(({ status }) => status),
    [200, 200, 200],
  );
  assert.equal(credentials.generation(), 1);
});
