import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectionFlags } from "../../../../src/cluster/kubernetes/connection-flags.ts";
import {
  base64,
  getPods,
  kubeconfigOf,
  neverAborted,
  testMachine,
} from "../../../support/connection-environment.ts";
import { adminKeyPair, caPem } from "../../../support/fake-api-server/certificates.ts";
import type { FakeApiServer } from "../../../support/fake-api-server/server.ts";
import { connectWith, fakeServer } from "../../../support/fake-connection.ts";

function clusterOf(server: FakeApiServer): object {
  return { server: server.url, "certificate-authority-data": base64(caPem) };
}

const tokens = new Map(["first", "second"].map((token) => [token, "jane"]));

async function authorizationOf(user: object, flags: ConnectionFlags = {}): Promise<string> {
  const server = await fakeServer();
  const { send } = await connectWith(kubeconfigOf(clusterOf(server), user), flags);
  await send(getPods, neverAborted);
  return server.requests[0]?.headers.authorization ?? "none";
}

test("tokens and passwords become the Authorization header", async () => {
  assert.equal(await authorizationOf({ token: "t" }), "Bearer t");
  assert.equal(await authorizationOf({}, { token: "flag" }), "Bearer flag");
  assert.equal(await authorizationOf({ token: "t" }, { token: "flag" }), "Bearer flag");
  const basic = `Basic ${base64("jané:p:w")}`;
  assert.equal(await authorizationOf({ username: "jané", password: "p:w" }), basic);
  assert.equal(await authorizationOf({}, { username: "jané", password: "p:w" }), basic);
  assert.equal(await authorizationOf({}), "none");
});

test("--token comes before exec plugins, auth-providers and token files", async () => {
  const exec = { command: "/no/such", apiVersion: "client.authentication.k8s.io/v1beta1" };
  assert.equal(await authorizationOf({ exec }, { token: "flag" }), "Bearer flag");
  const provider = { "auth-provider": { name: "oidc", config: {} } };
  assert.equal(await authorizationOf(provider, { token: "flag" }), "Bearer flag");
  assert.equal(await authorizationOf({ tokenFile: "/none" }, { token: "flag" }), "Bearer flag");
});

test("a client certificate is presented beside a token and replaces an exec plugin, as in client-go", async () => {
  const certificate = {
    "client-certificate-data": base64(adminKeyPair.cert),
    "client-key-data": base64(adminKeyPair.key),
  };
  const exec = { command: "/no/such", apiVersion: "client.authentication.k8s.io/v1beta1" };
  assert.equal(await authorizationOf({ ...certificate, exec }), "none");
  assert.equal(await authorizationOf({ ...certificate, token: "t" }), "Bearer t");
});

test("an auth-provider that Kubernetes has removed is refused with what to do", async () => {
  const user = { "auth-provider": { name: "gcp", config: {} } };
  await assert.rejects(connectWith(kubeconfigOf({ server: "https://a" }, user)), {
    code: "KubeconfigInvalid",
    message: /auth-provider "gcp" is not supported/,
    hint: /exec credential plugin/,
  });
});

test("a token file is read again when older than a minute, not before", async () => {
  const server = await fakeServer({ tokens });
  const machine = testMachine();
  const file = machine.write("token", " first\n");
  const { send } = await connectWith(
    kubeconfigOf(clusterOf(server), { tokenFile: file }),
    {},
    machine,
  );
  await send(getPods, neverAborted);
  machine.write("token", "second");
  await machine.clock.advance(59_000);
  await send(getPods, neverAborted);
  await machine.clock.advance(1_000);
  await send(getPods, neverAborted);
  assert.deepEqual(
    server.requests.map(({ headers }) => headers.authorization),
    ["Bearer first", "Bearer first", "Bearer second"],
  );
});

test("a token file is read again after a 401", async () => {
  const server = await fakeServer({ tokens: new Map([["second", "jane"]]) });
  const machine = testMachine();
  const file = machine.write("token", "first");
  const user = { tokenFile: file };
  const { send } = await connectWith(kubeconfigOf(clusterOf(server), user), {}, machine);
  assert.equal((await send(getPods, neverAborted)).status, 401);
  assert.equal(server.requests.length, 2);
  machine.write("token", "second");
  assert.equal((await send(getPods, neverAborted)).status, 200);
});

test("a token file that disappears leaves the last token in use, with a warning", async () => {
  const server = await fakeServer({ tokens });
  const machine = testMachine();
  const file = machine.write("token", "first");
  const user = { tokenFile: file };
  const { send } = await connectWith(kubeconfigOf(clusterOf(server), user), {}, machine);
  await send(getPods, neverAborted);
  machine.write("token", " \n");
  await machine.clock.advance(61_000);
  await send(getPods, neverAborted);
  assert.equal(server.requests[1]?.headers.authorization, "Bearer first");
  assert.match(machine.warnings.join(), /token file .* is empty; going on with the token read/);
});

test("a token file that is missing or empty from the start is an error", async () => {
  const machine = testMachine();
  const cases: readonly (readonly [string, RegExp])[] = [
    ["/no/such/token", /cannot read the token file \/no\/such\/token: ENOENT/],
    [machine.write("empty", "\n"), /the token file .*empty is empty/],
  ];
  for (const [tokenFile, message] of cases) {
    const { send } = await connectWith(kubeconfigOf({ server: "https://a" }, { tokenFile }));
    await assert.rejects(send(getPods, neverAborted), { code: "KubeconfigInvalid", message });
  }
});

test("a 401 with a fixed token is answered as it is, without a second request", async () => {
  const server = await fakeServer({ tokens: new Map() });
  const { send } = await connectWith(kubeconfigOf(clusterOf(server), { token: "wrong" }));
  assert.equal((await send(getPods, neverAborted)).status, 401);
  assert.equal(server.requests.length, 1);
});

test("a token with a line break inside is refused without being shown", async () => {
  const server = await fakeServer();
  const user = { token: "s3cret\r\nX: y" };
  const { send } = await connectWith(kubeconfigOf(clusterOf(server), user));
  await assert.rejects(send(getPods, neverAborted), (error) => {
    assert.ok(error instanceof Error);
    assert.match(error.message, /the header Authorization cannot be sent/);
    assert.doesNotMatch(`${error.message}${String(error.cause)}`, /s3cret/);
    return true;
  });
});
