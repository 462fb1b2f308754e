import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
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
import type { FakeApiServer } from "../../../support/fake-api-server/server.ts";
import { connectWith, fakeServer } from "../../../support/fake-connection.ts";

/** Answers with the next of the given statuses (the last one is repeated) and writes down each call. */
const plugin = `
const fs = require("node:fs");
const [log, statuses] = process.argv.slice(2);
const calls = fs.existsSync(log) ? JSON.parse(fs.readFileSync(log, "utf8")) : [];
const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
calls.push({ info, extra: process.env.EXTRA, fromShell: process.env.FROM_SHELL });
fs.writeFileSync(log, JSON.stringify(calls));
const list = JSON.parse(statuses);
const status = list[Math.min(calls.length, list.length) - 1];
console.log(JSON.stringify({ kind: "ExecCredential", apiVersion: info.apiVersion, status }));
`;

const tokens = new Map(["t", "a", "b"].map((token) => [token, "jane"]));
const v1 = "client.authentication.k8s.io/v1";

function execUser(machine: TestMachine, statuses: readonly object[], more: object = {}): object {
  const script = machine.write("plugin.cjs", plugin);
  const args = [script, join(machine.directory, "calls"), JSON.stringify(statuses)];
  const command = process.execPath;
  return { exec: { apiVersion: v1, interactiveMode: "IfAvailable", command, args, ...more } };
}

type Call = {
  readonly info: {
    readonly kind: string;
    readonly apiVersion: string;
    readonly spec: Readonly<Record<string, unknown>>;
  };
  readonly extra?: string;
  readonly fromShell?: string;
};

function callsOf(machine: TestMachine): readonly Call[] {
  return JSON.parse(readFileSync(join(machine.directory, "calls"), "utf8"));
}

function clusterOf(server: FakeApiServer): object {
  return { server: server.url, "certificate-authority-data": base64(caPem) };
}

function authorizations(server: FakeApiServer): readonly (string | undefined)[] {
  return server.requests.map(({ headers }) => headers.authorization);
}

test("the plugin is told version and interactivity, with the environment of both", async () => {
  const server = await fakeServer({ tokens });
  const machine = testMachine({ env: { FROM_SHELL: "yes", EXTRA: "shell" } });
  const user = execUser(machine, [{ token: "t" }], { env: [{ name: "EXTRA", value: "config" }] });
  const { send } = await connectWith(kubeconfigOf(clusterOf(server), user), {}, machine);
  await send(getPods, neverAborted);
  assert.deepEqual(authorizations(server), ["Bearer t"]);
  const info = { kind: "ExecCredential", apiVersion: v1, spec: { interactive: false } };
  assert.deepEqual(callsOf(machine), [{ info, extra: "config", fromShell: "yes" }]);
});

test("provideClusterInfo hands over the cluster and its exec extension", async () => {
  const server = await fakeServer({ tokens });
  const machine = testMachine();
  const user = execUser(machine, [{ token: "t" }], { provideClusterInfo: true });
  const extension = { audience: "x" };
  const cluster = {
    ...clusterOf(server),
    "tls-server-name": "localhost",
    extensions: [
      { name: "other", extension: 1 },
      { name: "client.authentication.k8s.io/exec", extension },
    ],
  };
  const { send } = await connectWith(kubeconfigOf(cluster, user), {}, machine);
  await send(getPods, neverAborted);
  assert.deepEqual(callsOf(machine)[0]?.info.spec, {
    interactive: false,
    cluster: {
      server: server.url,
      "tls-server-name": "localhost",
      "certificate-authority-data": base64(caPem),
      config: extension,
    },
  });
});

test("interactive is told only at a terminal, and never with interactiveMode Never", async () => {
  const cases = [
    ["IfAvailable", true, true],
    ["IfAvailable", false, false],
    ["Never", true, false],
    ["Always", true, true],
  ] as const;
  for (const [interactiveMode, isTerminal, interactive] of cases) {
    const server = await fakeServer({ tokens });
    const machine = testMachine({ isTerminal });
    const user = execUser(machine, [{ token: "t" }], { interactiveMode });
    const { send } = await connectWith(kubeconfigOf(clusterOf(server), user), {}, machine);
    await send(getPods, neverAborted);
    assert.deepEqual(callsOf(machine)[0]?.info.spec, { interactive }, interactiveMode);
  }
});

test("v1beta1 needs no interactiveMode", async () => {
  const server = await fakeServer({ tokens });
  const machine = testMachine();
  const apiVersion = "client.authentication.k8s.io/v1beta1";
  const user = execUser(machine, [{ token: "t" }], { apiVersion, interactiveMode: undefined });
  const { send } = await connectWith(kubeconfigOf(clusterOf(server), user), {}, machine);
  await send(getPods, neverAborted);
  assert.equal(callsOf(machine)[0]?.info.apiVersion, apiVersion);
});

test("requests at the same time share one run, and later ones its credential", async () => {
  const server = await fakeServer({ tokens });
  const machine = testMachine();
  const user = execUser(machine, [{ token: "t" }]);
  const { send } = await connectWith(kubeconfigOf(clusterOf(server), user), {}, machine);
  await Promise.all([1, 2, 3, 4].map(() => send(getPods, neverAborted)));
  await machine.clock.advance(24 * 3_600_000);
  await send(getPods, neverAborted);
  assert.equal(callsOf(machine).length, 1);
  assert.equal(server.requests.length, 5);
});

test("the plugin runs again half a minute before the credential expires", async () => {
  const server = await fakeServer({ tokens });
  const machine = testMachine();
  const expirationTimestamp = "2026-01-02T03:14:05Z";
  const user = execUser(machine, [{ token: "a", expirationTimestamp }, { token: "b" }]);
  const { send } = await connectWith(kubeconfigOf(clusterOf(server), user), {}, machine);
  await send(getPods, neverAborted);
  await machine.clock.advance(569_000);
  await send(getPods, neverAborted);
  await machine.clock.advance(1_000);
  await send(getPods, neverAborted);
  assert.deepEqual(authorizations(server), ["Bearer a", "Bearer a", "Bearer b"]);
});

test("after a 401 the plugin runs once more and the request is repeated, also when several are refused", async () => {
  const server = await fakeServer({ tokens: new Map([["good", "jane"]]) });
  const machine = testMachine();
  const user = execUser(machine, [{ token: "stale" }, { token: "good" }]);
  const { send } = await connectWith(kubeconfigOf(clusterOf(server), user), {}, machine);
  const responses = await Promise.all([1, 2, 3].map(() => send(getPods, neverAborted)));
  assert.deepEqual(
    responses.map(({ status }) => status),
    [200, 200, 200],
  );
  assert.equal(callsOf(machine).length, 2);
});

test("a 401 that renewal does not cure is answered after one repetition", async () => {
  const server = await fakeServer({ tokens: new Map() });
  const machine = testMachine();
  const user = execUser(machine, [{ token: "stale" }]);
  const { send } = await connectWith(kubeconfigOf(clusterOf(server), user), {}, machine);
  assert.equal((await send(getPods, neverAborted)).status, 401);
  assert.equal(server.requests.length, 2);
});

function certificateStatus({ cert, key }: KeyPair): object {
  const expirationTimestamp = "2026-01-02T04:00:00Z";
  return { clientCertificateData: cert, clientKeyData: key, expirationTimestamp };
}

test("client certificates from a plugin are presented, and a renewed one at once", async () => {
  const server = await fakeServer({ allowAnonymous: false });
  const machine = testMachine();
  const user = execUser(machine, [
    certificateStatus(adminKeyPair),
    certificateStatus(secondUserKeyPair),
  ]);
  const connection = await connectWith(kubeconfigOf(clusterOf(server), user), {}, machine);
  await connection.send(getPods, neverAborted);
  await connection.send(getPods, neverAborted);
  connection.renewCredentials();
  await connection.send(getPods, neverAborted);
  assert.deepEqual(
    server.requests.map((request) => request.user),
    ["test-admin", "test-admin", "test-second-user"],
  );
  assert.equal(server.counters.tlsHandshakes, 2);
});
