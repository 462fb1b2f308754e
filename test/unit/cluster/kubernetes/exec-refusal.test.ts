import assert from "node:assert/strict";
import { test } from "node:test";
import { toExecRefusal } from "../../../../src/cluster/kubernetes/exec-refusal.ts";
import type { ApiResponse } from "../../../../src/cluster/kubernetes/requests.ts";
import { respond } from "../../../support/fake-api-server/faults.ts";
import { statusResponse } from "../../../support/fake-api-server/message.ts";
import { failure } from "../../../support/fake-api-server/status.ts";
import { getPods } from "../../../support/connection-environment.ts";
import { failNextExec, runExec, startExecServer } from "../../../support/exec-fixture.ts";

const bare = 'pods "db" is forbidden: ';

function forbidden(message: string): ApiResponse {
  const body = Buffer.from(JSON.stringify(failure({ code: 403, reason: "Forbidden", message })));
  return { status: 403, headers: {}, body, transfer: { wireBytes: body.length, bodyMs: 0 } };
}

const messageFor = (message: string): string =>
  toExecRefusal(forbidden(message), getPods, { namespace: "shop" }).message;

test("a 403 that names nothing is completed by verb, resource and how to check it", () => {
  assert.equal(
    messageFor(bare),
    'cannot list pods: pods "db" is forbidden: User cannot create (or get) resource "pods/exec" in API group "" ' +
      'in the namespace "shop" (ask for this permission; ' +
      "`kubectl auth can-i create pods --subresource=exec -n shop` says when you have it)",
  );
});

test("a 403 that names what is missing stays as it is", () => {
  const whole =
    'pods "db" is forbidden: User "jane" cannot get resource "pods/exec" in API group "" in the namespace "shop"';
  assert.equal(messageFor(whole), `cannot list pods: ${whole}`);
  assert.equal(messageFor("the webhook said: no"), "cannot list pods: the webhook said: no");
});

test("the refusal of a WebSocket by the server gets there", async (context) => {
  const server = await startExecServer();
  context.after(() => server.close());
  const status = failure({ code: 403, reason: "Forbidden", message: bare });
  failNextExec(server, respond(statusResponse(status)));
  const { outcome } = await runExec(server, ["true"]);
  assert.ok(outcome.kind === "rejected");
  assert.match(outcome.error.message, /User cannot create \(or get\) resource "pods\/exec"/);
  assert.equal(outcome.error.code, "Forbidden");
});
