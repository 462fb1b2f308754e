import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { describe, it } from "node:test";
import { resourceType, defaultResources } from "../../support/fake-api-server/resource-types.ts";
import { startFakeApiServer } from "../../support/fake-api-server/server.ts";
import type { FakeApiServerOptions } from "../../support/fake-api-server/server.ts";

const aggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
const metrics = resourceType("metrics.k8s.io/v1beta1", "PodMetrics", "pods");
const broken: FakeApiServerOptions = {
  tls: false,
  resources: [...defaultResources, metrics],
  brokenGroups: ["metrics.k8s.io/v1beta1"],
};

type Answer = { readonly status: number; readonly type: string; readonly body: string };

async function get(options: FakeApiServerOptions, path: string, accept: string): Promise<Answer> {
  const server = await startFakeApiServer(options);
  try {
    return await new Promise((resolve, reject) => {
      const request = httpRequest(server.url + path, { headers: { accept } }, (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (text: string) => (body += text));
        response.on("end", () => {
          const type = response.headers["content-type"] ?? "";
          resolve({ status: response.statusCode ?? 0, type, body });
        });
      });
      request.on("error", reject);
      request.end();
    });
  } finally {
    await server.close();
  }
}

describe("the fake API server's discovery", () => {
  it("is aggregated for a client that asks so, with a stale group for a dead backend", async () => {
    const answer = await get(broken, "/apis", `${aggregatedType},application/json`);
    assert.equal(answer.type, aggregatedType);
    const list: { items: { metadata: { name: string }; versions: unknown[] }[] } = JSON.parse(
      answer.body,
    );
    assert.deepEqual(list.items.at(-1), {
      metadata: { name: "metrics.k8s.io" },
      versions: [{ version: "v1beta1", resources: [], freshness: "Stale" }],
    });
    assert.equal(list.items[0]?.metadata.name, "apps");
  });

  it("is the old kind from an old server, which refuses a client that accepts nothing else", async () => {
    const old = { ...broken, aggregatedDiscovery: false };
    const answer = await get(old, "/apis", `${aggregatedType},application/json`);
    assert.match(answer.body, /"kind":"APIGroupList"/);
    assert.equal((await get(old, "/apis", aggregatedType)).status, 406);
    const dead = await get(old, "/apis/metrics.k8s.io/v1beta1", "*/*");
    assert.deepEqual([dead.status, dead.body], [503, "service unavailable\n"]);
    const apps = await get(old, "/apis/apps/v1", "application/json");
    assert.match(apps.body, /"name":"deployments\/scale"/);
    assert.equal((await get(old, "/apis/none/v1", "*/*")).body, "404 page not found\n");
  });
});
