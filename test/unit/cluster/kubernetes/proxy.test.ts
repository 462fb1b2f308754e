import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage, Server as HttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { after, test } from "node:test";
import { WebSocket } from "ws";
import type { Connection } from "../../../../src/cluster/kubernetes/connection.ts";
import {
  base64,
  getPods,
  kubeconfigOf,
  neverAborted,
  testMachine,
} from "../../../support/connection-environment.ts";
import { caPem, serverKeyPair } from "../../../support/fake-api-server/certificates.ts";
import type { FakeApiServer } from "../../../support/fake-api-server/server.ts";
import { connectTo, connectWith, fakeServer } from "../../../support/fake-connection.ts";

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => server.close());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  return (server.address() as AddressInfo).port;
}

function join(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  for (const socket of [one, other]) socket.on("error", () => {});
  one.on("close", () => other.destroy());
  other.on("close", () => one.destroy());
}

/** An HTTP proxy that sends every CONNECT to the given port, whatever host is asked for. */
async function connectProxy(http: HttpServer, target: FakeApiServer) {
  const connects: IncomingMessage[] = [];
  http.on("connect", (request: IncomingMessage, socket: Socket) => {
    connects.push(request);
    const upstream = connect(Number(new URL(target.url).port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      join(socket, upstream);
    });
  });
  return { connects, port: await portOf(http) };
}

/** Just enough of SOCKS5: no login, CONNECT; notes the host asked for and goes to the given port. */
async function socksProxy(target: FakeApiServer) {
  const hosts: string[] = [];
  const server = createServer((socket) => {
    socket.once("data", () => {
      socket.write(Buffer.from([5, 0]));
      socket.once("data", (request: Buffer) => {
        const isName = request[3] === 3;
        hosts.push(isName ? request.subarray(5, 5 + (request[4] ?? 0)).toString() : "address");
        const upstream = connect(Number(new URL(target.url).port), "127.0.0.1", () => {
          socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
          join(socket, upstream);
        });
      });
    });
    socket.on("error", () => {});
  });
  return { hosts, port: await portOf(server) };
}

/** A name that only the proxy knows, with the certificate of localhost. */
function clusterOf(proxyUrl?: string): object {
  return {
    server: "https://api.internal.invalid:6443",
    "certificate-authority-data": base64(caPem),
    "tls-server-name": "localhost",
    ...(proxyUrl !== undefined && { "proxy-url": proxyUrl }),
  };
}

async function upgradeRefusal(connection: Connection): Promise<number | undefined> {
  const path = "/api/v1/namespaces/a/pods/none/exec";
  const query = [["command", "a b"]] as const;
  const target = await connection.openTarget(path, query, neverAborted);
  assert.match(target.url, /^wss?:\/\/.*\/exec\?command=a\+b$/);
  const { agent } = target;
  const headers = Object.fromEntries(
    Object.entries(target.headers).map(([name, value]) => [name, [value].flat()]),
  );
  const socket = new WebSocket(target.url, ["v5.channel.k8s.io"], {
    agent,
    headers,
  });
  socket.on("error", () => {});
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  socket.on("unexpected-response", (_request, response) => {
    response.resume();
    resolve(response.statusCode);
  });
  return promise;
}

test("requests and WebSockets go through the proxy-url of the cluster, over kept tunnels", async () => {
  const server = await fakeServer();
  const { connects, port } = await connectProxy(createHttpServer(), server);
  const proxy = `http://jane:p%40ss@127.0.0.1:${port}`;
  const connection = await connectWith(kubeconfigOf(clusterOf(proxy)));
  for (let call = 0; call < 3; call += 1) {
    assert.equal((await connection.send(getPods, neverAborted)).status, 200);
  }
  assert.equal(connects.length, 1);
  assert.equal(connects[0]?.url, "api.internal.invalid:6443");
  assert.equal(connects[0]?.headers["proxy-authorization"], `Basic ${base64("jane:p@ss")}`);
  assert.equal(await upgradeRefusal(connection), 404);
  assert.equal(connects.length, 2);
});

test("the proxy of the environment is used, unless the cluster names one or NO_PROXY excludes it", async () => {
  const server = await fakeServer();
  const inside = await connectProxy(createHttpServer(), server);
  const outside = await connectProxy(createHttpServer(), server);
  const env = { HTTPS_PROXY: `http://127.0.0.1:${inside.port}` };
  const byEnvironment = await connectWith(kubeconfigOf(clusterOf()), {}, testMachine({ env }));
  assert.equal((await byEnvironment.send(getPods, neverAborted)).status, 200);
  assert.deepEqual([inside.connects.length, outside.connects.length], [1, 0]);
  const named = kubeconfigOf(clusterOf(`http://127.0.0.1:${outside.port}`));
  const byCluster = await connectWith(named, {}, testMachine({ env }));
  assert.equal((await byCluster.send(getPods, neverAborted)).status, 200);
  assert.deepEqual([inside.connects.length, outside.connects.length], [1, 1]);
  const none = testMachine({ env: { ...env, NO_PROXY: ".invalid" } });
  const direct = await connectWith(kubeconfigOf(clusterOf()), {}, none);
  await assert.rejects(direct.send(getPods, neverAborted), { message: /cannot be resolved/ });
});

test("an https proxy is verified with the cluster's CA, as in Go", async () => {
  const server = await fakeServer();
  const { port } = await connectProxy(createHttpsServer(serverKeyPair), server);
  const proxy = `https://localhost:${port}`;
  const trusted = await connectWith(kubeconfigOf(clusterOf(proxy)));
  assert.equal((await trusted.send(getPods, neverAborted)).status, 200);
});

test("socks5 leaves the look-up of the host to the proxy, for requests and WebSockets", async () => {
  const server = await fakeServer();
  const { hosts, port } = await socksProxy(server);
  const connection = await connectWith(kubeconfigOf(clusterOf(`socks5://127.0.0.1:${port}`)));
  for (let call = 0; call < 3; call += 1) {
    assert.equal((await connection.send(getPods, neverAborted)).status, 200);
  }
  assert.equal(await upgradeRefusal(connection), 404);
  assert.deepEqual(hosts, ["api.internal.invalid", "api.internal.invalid"]);
});

test("a plain HTTP server behind a proxy is reached through a tunnel", async () => {
  const server = await fakeServer({ tls: false });
  const { connects, port } = await connectProxy(createHttpServer(), server);
  const cluster = {
    server: "http://api.internal.invalid",
    "proxy-url": `http://127.0.0.1:${port}`,
  };
  const { send } = await connectWith(kubeconfigOf(cluster));
  assert.equal((await send(getPods, neverAborted)).status, 200);
  assert.equal(connects[0]?.url, "api.internal.invalid:80");
});

test("a proxy that refuses is told with its status", async () => {
  const http = createHttpServer();
  http.on("connect", (_request, socket: Socket) => {
    socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  });
  const proxy = `http://127.0.0.1:${await portOf(http)}`;
  const { send } = await connectWith(kubeconfigOf(clusterOf(proxy)));
  await assert.rejects(send(getPods, neverAborted), {
    code: "ClusterUnreachable",
    message: /the proxy refused to connect \(HTTP 407\)/,
    hint: /user name and password/,
  });
});

test("a server certificate is verified through a proxy as well", async () => {
  const server = await fakeServer({ certificate: "expired" });
  const { connects, port } = await connectProxy(createHttpServer(), server);
  const { send } = await connectWith(kubeconfigOf(clusterOf(`http://127.0.0.1:${port}`)));
  await assert.rejects(send(getPods, neverAborted), { message: /certificate has expired/ });
  assert.equal(connects.length, 1);
});

test("a WebSocket carries credentials and impersonation, on a connection of its own", async () => {
  const server = await fakeServer();
  const connection = await connectTo(server, { as: "jane", asGroup: ["a", "b"] });
  await connection.send(getPods, neverAborted);
  assert.equal(await upgradeRefusal(connection), 404);
  const raw = server.requests[1]?.rawHeaders ?? [];
  assert.equal(server.requests[1]?.user, "jane");
  assert.equal(raw.filter((name) => name === "Impersonate-Group").length, 2);
  assert.equal(server.counters.tlsHandshakes, 2);
});
