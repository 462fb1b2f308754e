import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { after, test } from "node:test";
import { exchange } from "../../../../src/cluster/kubernetes/http-exchange.ts";
import { createServerAgents } from "../../../../src/cluster/kubernetes/server-agents.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { getPods, kubeconfigOf, neverAborted } from "../../../support/connection-environment.ts";
import { connectTo, connectWith, fakeServer } from "../../../support/fake-connection.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

const always = (): boolean => true;

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => server.close());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  return (server.address() as AddressInfo).port;
}

test("a body shorter than its content-length is ClusterUnreachable", async () => {
  const server = await fakeServer();
  server.fault({ match: always, fault: { kind: "truncateBody" } });
  const { send } = await connectTo(server);
  await assert.rejects(send(getPods, neverAborted), {
    code: "ClusterUnreachable",
    message: /closed before the answer was complete|cut short/,
  });
});

test("a reset within the body is ClusterUnreachable", async () => {
  const server = await fakeServer();
  server.fault({ match: always, fault: { kind: "resetAfterHeaders" } });
  const { send } = await connectTo(server);
  await assert.rejects(send(getPods, neverAborted), { code: "ClusterUnreachable" });
});

test("a reset before the answer is ClusterUnreachable", async () => {
  const server = await fakeServer();
  server.fault({ match: always, fault: { kind: "resetBeforeHeaders" } });
  const { send } = await connectTo(server);
  await assert.rejects(send(getPods, neverAborted), {
    code: "ClusterUnreachable",
    message: /closed before the answer was complete/,
  });
});

test("--request-timeout ends a request that is not answered", async () => {
  const server = await fakeServer();
  server.fault({ match: always, fault: { kind: "neverAnswer" } });
  const { send } = await connectTo(server, { requestTimeout: "100ms" });
  await assert.rejects(send(getPods, neverAborted), {
    code: "Timeout",
    message: /cannot list pods: .*no complete answer within 0.1 s/,
    hint: /--request-timeout/,
  });
});

test("a malformed --request-timeout is refused before anything is sent", async () => {
  const server = await fakeServer();
  await assert.rejects(connectTo(server, { requestTimeout: "soon" }), { code: "Usage" });
  assert.equal(server.counters.connections, 0);
});

test("a server that accepts but never speaks TLS is a time-out while connecting", async () => {
  const port = await listening(createServer(() => {}));
  const server = new URL(`https://127.0.0.1:${port}`);
  const trust = {
    certificateAuthority: undefined,
    insecureSkipTlsVerify: true,
    serverName: undefined,
  };
  const agents = await createServerAgents({ server, trust, proxy: undefined });
  after(() => agents.close());
  const tools = {
    clock: new FakeClock(),
    timeouts: { requestMs: 0, connectMs: 50, silenceMs: 0 },
  };
  const target = { server, agent: agents.agentFor("requests", undefined), headers: {} };
  await assert.rejects(exchange(getPods, target, tools, neverAborted), {
    code: "Timeout",
    message: /no connection within 0.05 s/,
  });
});

test("a connection on which nothing is heard any more is a time-out", async () => {
  const fake = await fakeServer({ tls: false });
  fake.fault({ match: always, fault: { kind: "neverAnswer" } });
  const server = new URL(fake.url);
  const trust = {
    certificateAuthority: undefined,
    insecureSkipTlsVerify: false,
    serverName: undefined,
  };
  const agents = await createServerAgents({ server, trust, proxy: undefined });
  after(() => agents.close());
  const timeouts = { requestMs: 0, connectMs: 0, silenceMs: 50 };
  const target = { server, agent: agents.agentFor("requests", undefined), headers: {} };
  await assert.rejects(
    exchange(getPods, target, { clock: new FakeClock(), timeouts }, neverAborted),
    { code: "Timeout", message: /nothing was heard for 0.05 s/ },
  );
});

test("a connection that was idle for long is not used again", async () => {
  const fake = await fakeServer({ tls: false });
  const server = new URL(fake.url);
  const trust = {
    certificateAuthority: undefined,
    insecureSkipTlsVerify: false,
    serverName: undefined,
  };
  const agents = await createServerAgents({ server, trust, proxy: undefined }, 20);
  after(() => agents.close());
  const agent = agents.agentFor("requests", undefined);
  const tools = { clock: new FakeClock(), timeouts: { requestMs: 0, connectMs: 0, silenceMs: 0 } };
  const send = () => exchange(getPods, { server, agent, headers: {} }, tools, neverAborted);
  await send();
  while (Object.keys(agent.freeSockets).length > 0) await new Promise(setImmediate);
  await send();
  assert.equal(fake.counters.connections, 2);
});

test("an answer may take longer than an idle connection is kept", async () => {
  const fake = await fakeServer();
  fake.fault({ match: always, times: 2, fault: { kind: "delay", delayMs: 80 } });
  const server = new URL(fake.url);
  const trust = {
    certificateAuthority: fake.caPem,
    insecureSkipTlsVerify: false,
    serverName: undefined,
  };
  const agents = await createServerAgents({ server, trust, proxy: undefined }, 40);
  after(() => agents.close());
  const target = { server, agent: agents.agentFor("requests", undefined), headers: {} };
  const timeouts = { requestMs: 0, connectMs: 5000, silenceMs: 5000 };
  const tools = { clock: new FakeClock(), timeouts };
  for (let call = 0; call < 2; call += 1) {
    assert.equal((await exchange(getPods, target, tools, neverAborted)).status, 200);
  }
  assert.equal(fake.counters.connections, 1);
});

test("an abort ends a request at once", async () => {
  const server = await fakeServer();
  server.fault({ match: always, fault: { kind: "neverAnswer" } });
  const { send } = await connectTo(server);
  const controller = new AbortController();
  const sending = send(getPods, controller.signal);
  while (server.requests.length === 0) await new Promise(setImmediate);
  controller.abort();
  await assert.rejects(sending, { code: "Cancelled" });
});

test("the signal's own ArkError is what a caller gets", async () => {
  const { send } = await connectTo(await fakeServer());
  const deadline = new ArkError("Timeout", "the hook's time is over");
  await assert.rejects(send(getPods, AbortSignal.abort(deadline)), deadline);
});

test("connection refused names the server and what to check", async () => {
  const closed = createServer();
  const port = await listening(closed);
  closed.close();
  await once(closed, "close");
  const { send } = await connectWith(kubeconfigOf({ server: `https://127.0.0.1:${port}` }));
  await assert.rejects(send(getPods, neverAborted), {
    code: "ClusterUnreachable",
    message: `https://127.0.0.1:${port}: connection refused`,
    hint: /cluster is running/,
  });
});

test("a host name that does not exist is told by name", async () => {
  const { send } = await connectWith(kubeconfigOf({ server: "https://no-such-host.invalid" }));
  await assert.rejects(send(getPods, neverAborted), {
    code: "ClusterUnreachable",
    message: /host name no-such-host\.invalid cannot be resolved/,
    hint: /VPN/,
  });
});

test("something that does not speak HTTP is told so", async () => {
  const port = await listening(createServer((socket) => void socket.end("220 smtp ready\r\n")));
  const { send } = await connectWith(kubeconfigOf({ server: `http://127.0.0.1:${port}` }));
  await assert.rejects(send(getPods, neverAborted), {
    code: "ClusterUnreachable",
    message: /not understandable as HTTP/,
  });
});

test("a plain server behind https:// is told so", async () => {
  const plain = await fakeServer({ tls: false });
  const server = plain.url.replace("http:", "https:");
  const { send } = await connectWith(kubeconfigOf({ server }));
  await assert.rejects(send(getPods, neverAborted), {
    code: "ClusterUnreachable",
    message: /does not speak TLS/,
    hint: /http:\/\//,
  });
});
