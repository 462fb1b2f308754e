import assert from "node:assert/strict";
import { request as httpsRequest } from "node:https";
import { after, before, describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import {
  adminKeyPair,
  otherCaPem,
  otherServerName,
} from "../../support/fake-api-server/certificates.ts";
import { tooManyRequests } from "../../support/fake-api-server/faults.ts";
import { startFakeApiServer } from "../../support/fake-api-server/server.ts";
import type { FakeApiServer } from "../../support/fake-api-server/server.ts";

type Answer = { status: number; headers: Record<string, unknown>; body: Buffer };

function send(
  server: FakeApiServer,
  path: string,
  options: {
    method?: string;
    headers?: Record<string, string>;
    body?: unknown;
    ca?: string;
    servername?: string;
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(server.url + path, {
      ca: options.ca ?? server.caPem,
      ...adminKeyPair,
      method: options.method ?? "GET",
      headers: options.headers ?? {},
      ...(options.servername === undefined ? {} : { servername: options.servername }),
      agent: false,
    });
    request.on("error", reject);
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    request.end(options.body === undefined ? undefined : JSON.stringify(options.body));
  });
}

type List = {
  items: { kind?: string; metadata: { name: string } }[];
  metadata: { continue?: string; remainingItemCount?: number };
};

type Parsed = List & Record<string, unknown>;

function parse(answer: Answer): Parsed {
  const value: Parsed = JSON.parse(answer.body.toString());
  return value;
}

const isVersion = (request: { path: string }) => request.path === "/version";
const names = (list: List) => list.items.map((item) => item.metadata.name);

describe("the fake API server", () => {
  let server: FakeApiServer;
  before(async () => {
    server = await startFakeApiServer({ authorize: (access) => access.user !== "nobody" });
    for (const name of ["a", "b", "c"]) {
      const metadata = { name, namespace: "shop", labels: { app: name } };
      server.put({
        apiVersion: "v1",
        kind: "Pod",
        metadata,
        spec: { containers: [{ name: "main" }] },
      });
    }
  });
  after(() => server.close());

  it("lists in pages that stay consistent and expire with 410 and a token to go on", async () => {
    const pods = "/api/v1/namespaces/shop/pods";
    const first = parse(await send(server, `${pods}?limit=1`));
    assert.deepEqual([names(first), first.metadata.remainingItemCount], [["a"], 2]);
    assert.equal(first.items[0]?.kind, undefined);
    server.remove("v1", "Pod", "b", "shop");
    const second = parse(await send(server, `${pods}?limit=1&continue=${first.metadata.continue}`));
    assert.deepEqual(names(second), ["b"]);
    server.compact();
    const gone = await send(server, `${pods}?limit=1&continue=${second.metadata.continue}`);
    assert.equal(gone.status, 410);
    const token = parse(gone).metadata.continue;
    assert.deepEqual(names(parse(await send(server, `${pods}?continue=${token}`))), ["c"]);
  });

  it("selects by labels as the real server does", async () => {
    for (const [selector, expected] of [
      ["app=a", ["a"]],
      ["app!=a", ["c"]],
      ["app in (a,zz)", ["a"]],
      ["app notin (a)", ["c"]],
      ["!app", []],
      ["app,app==c", ["c"]],
    ] as const) {
      const list = await send(server, `/api/v1/pods?labelSelector=${encodeURIComponent(selector)}`);
      assert.deepEqual(
        names(parse(list)).filter((name) => name !== "b"),
        expected,
        selector,
      );
    }
    assert.equal((await send(server, "/api/v1/pods?labelSelector=a===b")).status, 400);
  });

  it("creates, patches and deletes, and refuses with the server's own Status", async () => {
    const maps = "/api/v1/namespaces/shop/configmaps";
    const body = { metadata: { name: "cm" }, data: { a: "1" } };
    const refusedDryRun = await send(server, `${maps}?dryRun=All`, { method: "POST", body });
    assert.equal(refusedDryRun.status, 201);
    assert.equal((await send(server, `${maps}/cm`)).status, 404);
    assert.equal((await send(server, maps, { method: "POST", body })).status, 201);
    const twice = await send(server, maps, { method: "POST", body });
    assert.deepEqual([twice.status, parse(twice)["reason"]], [409, "AlreadyExists"]);
    const headers = { "content-type": "application/json-patch+json" };
    const operations = [{ op: "add", path: "/data/b~1c", value: "2" }];
    const patched = await send(server, `${maps}/cm`, {
      method: "PATCH",
      headers,
      body: operations,
    });
    assert.deepEqual(parse(patched)["data"], { a: "1", "b/c": "2" });
    const stale = {
      headers: { "content-type": "application/merge-patch+json" },
      body: { metadata: { resourceVersion: "1" } },
    };
    assert.equal(
      parse(await send(server, `${maps}/cm`, { method: "PATCH", ...stale }))["reason"],
      "Conflict",
    );
    const bad = await send(server, maps, {
      method: "POST",
      body: { metadata: { name: "No Good" } },
    });
    assert.equal(bad.status, 422);
    assert.equal((await send(server, `${maps}/cm`, { method: "DELETE" })).status, 200);
    const forbidden = await send(server, "/api/v1/namespaces/shop/pods", {
      headers: { "impersonate-user": "nobody" },
    });
    assert.equal(
      parse(forbidden)["message"],
      `pods is forbidden: User "nobody" cannot list resource "pods" in API group "" in the namespace "shop"`,
    );
  });

  it("compresses a large body when asked", async () => {
    server.put({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "big", namespace: "x" },
      data: { a: "a".repeat(200_000) },
    });
    const answer = await send(server, "/api/v1/namespaces/x/configmaps", {
      headers: { "accept-encoding": "gzip" },
    });
    assert.equal(answer.headers["content-encoding"], "gzip");
    assert.ok(gunzipSync(answer.body).length > 200_000);
  });

  it("has certificates that verify by address and by SNI, and not with another CA", async () => {
    assert.equal((await send(server, "/version")).status, 200);
    assert.equal((await send(server, "/version", { servername: otherServerName })).status, 200);
    await assert.rejects(send(server, "/version", { ca: otherCaPem }), {
      code: "SELF_SIGNED_CERT_IN_CHAIN",
    });
    await assert.rejects(send(server, "/version", { servername: "wrong.test" }), {
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });

  it("misbehaves as told, as often as told", async () => {
    server.fault({ match: isVersion, fault: tooManyRequests(3) });
    server.fault({ match: isVersion, fault: { kind: "truncateBody" } });
    server.fault({ match: isVersion, fault: { kind: "resetBeforeHeaders" } });
    const refused = await send(server, "/version");
    assert.deepEqual([refused.status, refused.headers["retry-after"]], [429, "3"]);
    await assert.rejects(send(server, "/version"), { code: "ECONNRESET" });
    await assert.rejects(send(server, "/version"), { code: "ECONNRESET" });
    assert.equal((await send(server, "/version")).status, 200);
  });
});
