import assert from "node:assert/strict";
import test from "node:test";
import type { Discovery } from "../../../../src/cluster/cluster.ts";
import { discoverResources } from "../../../../src/cluster/kubernetes/discovery.ts";
import type { ApiResponse } from "../../../../src/cluster/kubernetes/requests.ts";
import { hasCode } from "../../../../src/lib/errors.ts";
import {
  jsonAnswer,
  type ScriptedSend,
  scriptedSend,
  statusAnswer,
  textAnswer,
} from "../../../support/scripted-send.ts";

function discover(send: ScriptedSend): Promise<Discovery> {
  return discoverResources({ send, sendToGroup: send }, new AbortController().signal);
}

function answers(byPath: Readonly<Record<string, ApiResponse>>): ScriptedSend {
  return scriptedSend(({ path }) => byPath[path] ?? statusAnswer(404, "NotFound"));
}

function aggregated(...items: readonly object[]): ApiResponse {
  return jsonAnswer({ kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2", items });
}

function entry(resource: string, kind: string, rest: object = {}): object {
  const responseKind = { group: "", version: "", kind };
  return { resource, responseKind, scope: "Namespaced", verbs: ["list"], ...rest };
}

function group(name: string, ...versions: readonly object[]): object {
  return { metadata: name === "" ? { creationTimestamp: null } : { name }, versions };
}

const core = aggregated(
  group("", {
    version: "v1",
    freshness: "Current",
    resources: [
      entry("pods", "Pod", {
        singularResource: "pod",
        shortNames: ["po"],
        categories: ["all"],
        subresources: [{ subresource: "exec" }],
      }),
      entry("nodes", "Node", { scope: "Cluster" }),
    ],
  }),
);

function summary({ resources }: Discovery): string[] {
  return resources.map(({ group: name, version, resource }) => `${name}/${version} ${resource}`);
}

test("aggregated discovery takes two requests and keeps the server's order, the core group first", async () => {
  const send = answers({
    "/api": core,
    "/apis": aggregated(
      group("zoo.example", { version: "v2", resources: [entry("lions", "Lion")] }),
      group("apps", { version: "v1", resources: [entry("deployments", "Deployment")] }),
    ),
  });
  const found = await discover(send);
  assert.deepEqual(summary(found), [
    "/v1 pods",
    "/v1 nodes",
    "zoo.example/v2 lions",
    "apps/v1 deployments",
  ]);
  assert.deepEqual(found.resources[0], {
    group: "",
    version: "v1",
    resource: "pods",
    kind: "Pod",
    singular: "pod",
    shortNames: ["po"],
    categories: ["all"],
    namespaced: true,
    verbs: ["list"],
  });
  assert.equal(found.resources[1]?.namespaced, false);
  assert.equal(send.sent.length, 2);
  assert.match(send.sent[1]?.request.headers?.["accept"] ?? "", /v=v2;as=APIGroupDiscoveryList,/);
});

test("a resource is taken once, at the first version of its group that has it", async () => {
  const send = answers({
    "/api": core,
    "/apis": aggregated(
      group(
        "snapshot.example",
        { version: "v1", resources: [entry("snaps", "Snap")] },
        { version: "v1beta1", resources: [entry("snaps", "Snap"), entry("groups", "Group")] },
      ),
      group("other.example", { version: "v3", resources: [entry("snaps", "Snap")] }),
    ),
  });
  assert.deepEqual(summary(await discover(send)).slice(2), [
    "snapshot.example/v1 snaps",
    "snapshot.example/v1beta1 groups",
    "other.example/v3 snaps",
  ]);
});

test("a stale version is a failure, and its group's other version is used", async () => {
  const send = answers({
    "/api": core,
    "/apis": aggregated(
      group("metrics.k8s.io", {
        version: "v1beta1",
        freshness: "Stale",
        resources: [entry("pods", "PodMetrics")],
      }),
      group(
        "half.example",
        { version: "v2", freshness: "Stale" },
        { version: "v1", freshness: "Current", resources: [entry("things", "Thing")] },
      ),
    ),
  });
  const found = await discover(send);
  assert.deepEqual(summary(found).slice(2), ["half.example/v1 things"]);
  assert.deepEqual(
    found.failures.map(({ groupVersion }) => groupVersion),
    ["metrics.k8s.io/v1beta1", "half.example/v2"],
  );
});

test("entries that hold nothing to list are left out", async () => {
  const resources = [
    entry("pods/exec", "PodExecOptions"),
    { resource: "subresources-only", responseKind: null, scope: "Namespaced" },
    { responseKind: { kind: "Nameless" } },
    null,
    "text",
  ];
  const send = answers({
    "/api": core,
    "/apis": aggregated(
      group(
        "a.example",
        { version: "v1", resources },
        { resources: [entry("x", "X")] },
        { version: 7 },
      ),
      { versions: null },
      { metadata: null, versions: "none" },
    ),
  });
  const found = await discover(send);
  assert.deepEqual(summary(found), ["/v1 pods", "/v1 nodes"]);
  assert.deepEqual(found.failures, []);
});

for (const [what, answer] of [
  ["text", textAnswer("<html>welcome</html>")],
  ["nothing", textAnswer("")],
  ["a list", textAnswer("[]")],
  ["null", textAnswer("null")],
  ["another kind", jsonAnswer({ kind: "PodList", items: [] })],
] as const) {
  test(`an answer that is ${what} is a ServerError`, async () => {
    const send = answers({ "/api": core, "/apis": answer });
    await assert.rejects(discover(send), (error) => hasCode(error, "ServerError"));
  });
}

for (const [status, reason, code] of [
  [401, "Unauthorized", "Unauthorized"],
  [403, "Forbidden", "Forbidden"],
  [500, "InternalError", "ServerError"],
] as const) {
  test(`an answer of ${status} is ${code}`, async () => {
    const send = answers({ "/api": core, "/apis": statusAnswer(status, reason) });
    await assert.rejects(discover(send), (error) => hasCode(error, code));
  });
}
