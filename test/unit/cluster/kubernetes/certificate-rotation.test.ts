import assert from "node:assert/strict";
import { test } from "node:test";
import {
  base64,
  getPods,
  kubeconfigOf,
  neverAborted,
  testMachine,
} from "../../../support/connection-environment.ts";
import type { TestMachine } from "../../../support/connection-environment.ts";
import {
  adminKeyPair,
  caPem,
  secondUserKeyPair,
} from "../../../support/fake-api-server/certificates.ts";
import type { KeyPair } from "../../../support/fake-api-server/certificates.ts";
import { respond } from "../../../support/fake-api-server/faults.ts";
import { statusResponse } from "../../../support/fake-api-server/message.ts";
import { failure } from "../../../support/fake-api-server/status.ts";
import type { FakeApiServer } from "../../../support/fake-api-server/server.ts";
import { connectWith, fakeServer } from "../../../support/fake-connection.ts";

function writePair(machine: TestMachine, { cert, key }: KeyPair): void {
  machine.write("home/.kube/client.pem", cert);
  machine.write("home/.kube/client-key.pem", key);
}

/** Files "client.pem" and "client-key.pem" beside the kubeconfig identify the user. */
async function connectByFiles(server: FakeApiServer, machine: TestMachine, user: object = {}) {
  const ca = { "certificate-authority-data": base64(caPem) };
  const files = { "client-certificate": "client.pem", "client-key": "client-key.pem" };
  const kubeconfig = kubeconfigOf({ server: server.url, ...ca }, { ...files, ...user });
  return connectWith(kubeconfig, {}, machine);
}

function usersOf(server: FakeApiServer): readonly string[] {
  return server.requests.map(({ user }) => user);
}

test("client certificate files that change are presented a minute later, on a new connection", async () => {
  const server = await fakeServer();
  const machine = testMachine();
  writePair(machine, adminKeyPair);
  const { send } = await connectByFiles(server, machine);
  await send(getPods, neverAborted);
  writePair(machine, secondUserKeyPair);
  await machine.clock.advance(59_000);
  await send(getPods, neverAborted);
  assert.equal(server.counters.tlsHandshakes, 1);
  await machine.clock.advance(1_000);
  await send(getPods, neverAborted);
  assert.deepEqual(usersOf(server), ["test-admin", "test-admin", "test-second-user"]);
  assert.equal(server.counters.tlsHandshakes, 2);
});

test("certificate files that stay the same keep their connection", async () => {
  const server = await fakeServer();
  const machine = testMachine();
  writePair(machine, adminKeyPair);
  const { send } = await connectByFiles(server, machine);
  await send(getPods, neverAborted);
  await machine.clock.advance(61_000);
  await send(getPods, neverAborted);
  assert.equal(server.counters.tlsHandshakes, 1);
});

test("in the middle of a rotation the certificate read before stays in use, with a warning", async () => {
  const server = await fakeServer();
  const machine = testMachine();
  writePair(machine, adminKeyPair);
  const { send } = await connectByFiles(server, machine);
  await send(getPods, neverAborted);
  machine.write("home/.kube/client.pem", secondUserKeyPair.cert);
  await machine.clock.advance(61_000);
  await send(getPods, neverAborted);
  assert.deepEqual(usersOf(server), ["test-admin", "test-admin"]);
  assert.match(machine.warnings.join(), /do not work together.*; going on with the certificate/);
  machine.write("home/.kube/client-key.pem", secondUserKeyPair.key);
  await machine.clock.advance(61_000);
  await send(getPods, neverAborted);
  assert.equal(usersOf(server)[2], "test-second-user");
  assert.equal(machine.warnings.length, 1);
});

test("after a 401 certificate files are read again at once", async () => {
  const server = await fakeServer();
  const machine = testMachine();
  writePair(machine, adminKeyPair);
  const { send } = await connectByFiles(server, machine);
  await send(getPods, neverAborted);
  writePair(machine, secondUserKeyPair);
  const refusal = failure({ code: 401, reason: "Unauthorized", message: "expired" });
  server.fault({ match: () => true, fault: respond(statusResponse(refusal)) });
  assert.equal((await send(getPods, neverAborted)).status, 200);
  assert.equal(usersOf(server)[2], "test-second-user");
});

test("a token file and certificate files are both kept fresh", async () => {
  const server = await fakeServer({ tokens: new Map([["second", "jane"]]) });
  const machine = testMachine();
  writePair(machine, adminKeyPair);
  const tokenFile = machine.write("token", "first");
  const { send } = await connectByFiles(server, machine, { tokenFile });
  assert.equal((await send(getPods, neverAborted)).status, 401);
  writePair(machine, secondUserKeyPair);
  machine.write("token", "second");
  await machine.clock.advance(61_000);
  assert.equal((await send(getPods, neverAborted)).status, 200);
  assert.equal(server.counters.tlsHandshakes, 2);
});
