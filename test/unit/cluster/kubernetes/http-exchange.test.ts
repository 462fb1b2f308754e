import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { ApiResponse } from "../../../../src/cluster/kubernetes/requests.ts";
import { getPods, kubeconfigOf, neverAborted } from "../../../support/connection-environment.ts";
import { connectTo, connectWith, fakeServer } from "../../../support/fake-connection.ts";

function textOf(response: ApiResponse): string {
  return Buffer.from(response.body).toString();
}

/** A plain HTTP server that answers as the test says, for what the fake API server never does. */
async function oddServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => server.close());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("twenty calls one after another use one connection and one TLS handshake", async () => {
  const server = await fakeServer();
  const { send } = await connectTo(server);
  for (let call = 0; call < 20; call += 1) {
    assert.equal((await send(getPods, neverAborted)).status, 200);
  }
  assert.equal(server.counters.tlsHandshakes, 1);
  assert.equal(server.counters.connections, 1);
});

test("a request carries method, query, headers and body as given", async () => {
  const server = await fakeServer();
  const { send } = await connectTo(server);
  const metadata = { name: "a", namespace: "ü" };
  const response = await send(
    {
      method: "POST",
      path: "/api/v1/namespaces/%C3%BC/configmaps",
      query: [
        ["fieldManager", "kubectl ark & co"],
        ["x", "1"],
        ["x", "2"],
      ],
      headers: {
        accept: "application/json;q=1",
        "Content-Type": "application/json; charset=utf-8",
      },
      body: JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata }),
      purpose: "create a configmap",
    },
    neverAborted,
  );
  const request = server.requests[0];
  assert.ok(request);
  assert.equal(request.method, "POST");
  assert.equal(request.query.get("fieldManager"), "kubectl ark & co");
  assert.deepEqual(request.query.getAll("x"), ["1", "2"]);
  assert.equal(request.headers.accept, "application/json;q=1");
  assert.equal(request.headers["content-type"], "application/json; charset=utf-8");
  assert.deepEqual(JSON.parse(request.body), { apiVersion: "v1", kind: "ConfigMap", metadata });
  assert.match(request.headers["user-agent"] ?? "", /^kubectl-ark/);
  assert.equal(request.rawHeaders.filter((name) => /^accept$/i.test(name)).length, 1);
  assert.ok(response.status >= 200);
});

test("a body may be bytes, and its length is sent in bytes", async () => {
  const server = await fakeServer();
  const { send } = await connectTo(server);
  const text = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"€"}}';
  const path = "/api/v1/namespaces/default/configmaps";
  for (const body of [text, Buffer.from(text)]) {
    await send({ method: "POST", path, body, purpose: "create" }, neverAborted);
  }
  assert.deepEqual(
    server.requests.map((request) => [request.headers["content-length"], request.body]),
    [
      [`${Buffer.byteLength(text)}`, text],
      [`${Buffer.byteLength(text)}`, text],
    ],
  );
});

test("answers of 4xx and 5xx are resolved with status, headers and body", async () => {
  const server = await fakeServer();
  const { send } = await connectTo(server);
  const response = await send(
    { method: "GET", path: "/api/v1/namespaces/a/pods/none", purpose: "get pod none" },
    neverAborted,
  );
  assert.equal(response.status, 404);
  assert.match(response.headers["content-type"] ?? "", /json/);
  assert.match(textOf(response), /NotFound/);
  assert.equal(response.transfer.wireBytes, response.body.length);
});

test("a path prefix of the server stands in front of every path", async () => {
  const paths: (string | undefined)[] = [];
  const url = await oddServer((request, response) => {
    paths.push(request.url);
    response.end("{}");
  });
  for (const server of [`${url}/k8s/clusters/c-1`, `${url}/k8s/clusters/c-1/?x=y#z`, `${url}/`]) {
    const connection = await connectWith(kubeconfigOf({ server }));
    await connection.send(getPods, neverAborted);
  }
  assert.deepEqual(paths, [
    "/k8s/clusters/c-1/api/v1/pods",
    "/k8s/clusters/c-1/api/v1/pods",
    "/api/v1/pods",
  ]);
});

test("gzip is asked for only when wanted and decompressed in any case", async () => {
  const asked: (string | undefined)[] = [];
  const body = "x".repeat(100_000);
  const url = await oddServer((request, response) => {
    asked.push(request.headers["accept-encoding"]?.toString());
    response.setHeader("content-encoding", "gzip");
    response.end(gzipSync(body));
  });
  const { send } = await connectWith(kubeconfigOf({ server: url }));
  const zipped = await send({ ...getPods, gzip: true }, neverAborted);
  const plain = await send(getPods, neverAborted);
  const off = await connectWith(kubeconfigOf({ server: url }), { disableCompression: true });
  await off.send({ ...getPods, gzip: true }, neverAborted);
  assert.deepEqual(asked, ["gzip", "identity", "identity"]);
  assert.equal(textOf(zipped), body);
  assert.equal(textOf(plain), body);
  assert.equal(zipped.transfer.wireBytes, gzipSync(body).length);
});

test("a gzip stream that ends early is an error, not a short success", async () => {
  const url = await oddServer((_request, response) => {
    response.setHeader("content-encoding", "gzip");
    response.end(gzipSync("x".repeat(100_000)).subarray(0, 60));
  });
  const { send } = await connectWith(kubeconfigOf({ server: url }));
  await assert.rejects(send(getPods, neverAborted), {
    code: "ClusterUnreachable",
    message: /cut short/,
  });
});

test("an empty answer is an answer", async () => {
  const url = await oddServer((_request, response) => void response.writeHead(204).end());
  const { send } = await connectWith(kubeconfigOf({ server: url }));
  const response = await send(getPods, neverAborted);
  assert.deepEqual([response.status, response.body.length], [204, 0]);
});

test("a GET on a kept connection that the server has given up is sent once more", async () => {
  let requests = 0;
  const url = await oddServer((request, response) => {
    requests += 1;
    if (requests === 2) request.socket.resetAndDestroy();
    else response.end("{}");
  });
  const { send } = await connectWith(kubeconfigOf({ server: url }));
  await send(getPods, neverAborted);
  assert.equal((await send(getPods, neverAborted)).status, 200);
  assert.equal(requests, 3);
});

test("a POST is never sent a second time by the transport", async () => {
  let requests = 0;
  const url = await oddServer((request, response) => {
    requests += 1;
    if (requests === 2) request.socket.resetAndDestroy();
    else response.end("{}");
  });
  const { send } = await connectWith(kubeconfigOf({ server: url }));
  await send(getPods, neverAborted);
  await assert.rejects(send({ ...getPods, method: "POST", body: "{}" }, neverAborted), {
    code: "ClusterUnreachable",
  });
  assert.equal(requests, 2);
});

test("headers beyond Node's limit are an error, not a crash", async () => {
  const url = await oddServer((_request, response) => {
    response.setHeader("x-huge", "x".repeat(200_000)).end("{}");
  });
  const { send } = await connectWith(kubeconfigOf({ server: url }));
  await assert.rejects(send(getPods, neverAborted), {
    code: "ClusterUnreachable",
    message: /HPE_HEADER_OVERFLOW/,
  });
});
