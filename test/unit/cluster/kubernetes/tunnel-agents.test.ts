import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { after, test } from "node:test";
import { ArkError } from "../../../../src/lib/errors.ts";
import {
  base64,
  getPods,
  kubeconfigOf,
  neverAborted,
} from "../../../support/connection-environment.ts";
import { caPem } from "../../../support/fake-api-server/certificates.ts";
import { connectWith, fakeServer } from "../../../support/fake-connection.ts";

type OnConnect = (request: IncomingMessage, socket: Socket) => void;

async function startProxy(onConnect: OnConnect): Promise<string> {
  const http = createServer();
  const sockets = new Set<Socket>();
  http.on("connection", (socket: Socket) => sockets.add(socket));
  http.on("connect", (request: IncomingMessage, socket: Socket) => {
    socket.on("error", () => {});
    onConnect(request, socket);
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  after(() => {
    http.close();
    for (const socket of sockets) socket.destroy();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

function clusterBehind(proxy: string, server = "https://api.internal.invalid:6443"): object {
  return {
    server,
    "certificate-authority-data": base64(caPem),
    "tls-server-name": "localhost",
    "proxy-url": proxy,
  };
}

/** A proxy that takes a CONNECT and never answers; resolves with the connection that waits. */
async function silentProxy() {
  const waiting = Promise.withResolvers<Socket>();
  const url = await startProxy((_request, socket) => waiting.resolve(socket));
  return { url, waiting: waiting.promise };
}

test("an IPv6 server is asked for in brackets, and its certificate is verified without them", async () => {
  const server = await fakeServer();
  const asked: (string | undefined)[] = [];
  const proxy = await startProxy(({ url, headers }, socket) => {
    asked.push(url, headers.host);
    const upstream = connect(Number(new URL(server.url).port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
  });
  const named = await connectWith(kubeconfigOf(clusterBehind(proxy, "https://[fd00::1]:6443")));
  assert.equal((await named.send(getPods, neverAborted)).status, 200);
  assert.deepEqual(asked, ["[fd00::1]:6443", "[fd00::1]:6443"]);
  const cluster = { ...clusterBehind(proxy, "https://[fd00::1]"), "tls-server-name": undefined };
  const unnamed = await connectWith(kubeconfigOf(cluster));
  await assert.rejects(unnamed.send(getPods, neverAborted), { message: /for another name/ });
  assert.equal(asked.at(-1), "[fd00::1]:443");
});

test("a request that is aborted while the proxy keeps it waiting lets go of the proxy at once", async () => {
  const proxy = await silentProxy();
  const { send } = await connectWith(kubeconfigOf(clusterBehind(proxy.url)));
  const controller = new AbortController();
  const sending = send(getPods, controller.signal);
  const socket = await proxy.waiting;
  const closed = once(socket, "end");
  controller.abort(new ArkError("Cancelled", "interrupted"));
  await assert.rejects(sending, { code: "Cancelled" });
  socket.resume();
  await closed;
});

test("a time-out lets go of a proxy that never answers", async () => {
  const proxy = await silentProxy();
  const flags = { requestTimeout: "100ms" };
  const { send } = await connectWith(kubeconfigOf(clusterBehind(proxy.url)), flags);
  const sending = send(getPods, neverAborted);
  const rejected = assert.rejects(sending, { code: "Timeout" });
  const socket = await proxy.waiting;
  const closed = once(socket, "end");
  socket.resume();
  await Promise.all([rejected, closed]);
});

test("closing the connection ends a CONNECT under way", async () => {
  const proxy = await silentProxy();
  const connection = await connectWith(kubeconfigOf(clusterBehind(proxy.url)));
  const sending = connection.send(getPods, neverAborted);
  const rejected = assert.rejects(sending, {
    code: "ClusterUnreachable",
    message: /agent was closed/,
  });
  const socket = await proxy.waiting;
  const closed = once(socket, "end");
  connection.close();
  socket.resume();
  await Promise.all([rejected, closed]);
});

test("a proxy that hangs up instead of answering is told as a cut connection", async () => {
  const proxy = await startProxy((_request, socket) => socket.destroy());
  const { send } = await connectWith(kubeconfigOf(clusterBehind(proxy)));
  await assert.rejects(send(getPods, neverAborted), { code: "ClusterUnreachable" });
});

test("the first bytes of the server may come with the proxy's answer", async () => {
  const body = '{"kind":"PodList","items":[]}';
  const answer = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const proxy = await startProxy((_request, socket) => {
    // A server that speaks before it is asked: only the order of bytes is of interest.
    socket.write(`HTTP/1.1 200 OK\r\n\r\n${answer}`);
  });
  const cluster = { server: "http://api.internal.invalid", "proxy-url": proxy };
  const { send } = await connectWith(kubeconfigOf(cluster));
  const response = await send(getPods, neverAborted);
  assert.equal(Buffer.from(response.body).toString(), body);
});
