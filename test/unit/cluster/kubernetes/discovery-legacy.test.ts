import assert from "node:assert/strict";
import test from "node:test";
import type { Discovery } from "../../../../src/cluster/cluster.ts";
import { discoverResources } from "../../../../src/cluster/kubernetes/discovery.ts";
import type { ApiResponse } from "../../../../src/cluster/kubernetes/requests.ts";
import { ArkError, hasCode } from "../../../../src/lib/errors.ts";
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

type Answers = Readonly<Record<string, ApiResponse | Error>>;

function answers(byPath: Answers): ScriptedSend {
  return scriptedSend(({ path }) => {
    const answer = byPath[path] ?? statusAnswer(404, "NotFound");
    if (answer instanceof Error) throw answer;
    return answer;
  });
}

function resourceList(...names: readonly string[]): ApiResponse {
  const resources = names.map((name) => ({
    name,
    singularName: "",
    namespaced: true,
    kind: "Thing",
    verbs: ["get", "list"],
    shortNames: ["t"],
  }));
  return jsonAnswer({ kind: "APIResourceList", resources });
}

function groups(
  ...names: readonly (readonly [name: string, ...versions: string[]])[]
): ApiResponse {
  return jsonAnswer({
    kind: "APIGroupList",
    groups: names.map(([name, ...versions]) => ({
      name,
      versions: versions.map((version) => ({ groupVersion: `${name}/${version}`, version })),
      preferredVersion: { version: versions.at(-1) },
    })),
  });
}

const roots = {
  "/api": jsonAnswer({ kind: "APIVersions", versions: ["v1"] }),
  "/api/v1": resourceList("pods", "pods/exec", "nodes"),
};

test("a server without aggregated discovery is asked for each group version", async () => {
  const send = answers({
    ...roots,
    "/apis": groups(["a.example", "v1beta1", "v1"], ["b.example", "v1"]),
    "/apis/a.example/v1beta1": resourceList("olds", "news"),
    "/apis/a.example/v1": resourceList("news"),
    "/apis/b.example/v1": resourceList("bees"),
  });
  const { resources, failures } = await discover(send);
  assert.deepEqual(
    resources.map(({ group, version, resource }) => `${group}/${version} ${resource}`),
    ["/v1 pods", "/v1 nodes", "a.example/v1 news", "a.example/v1beta1 olds", "b.example/v1 bees"],
  );
  assert.deepEqual(failures, []);
  assert.deepEqual(resources[0], {
    group: "",
    version: "v1",
    resource: "pods",
    kind: "Thing",
    singular: "thing",
    shortNames: ["t"],
    categories: [],
    namespaced: true,
    verbs: ["get", "list"],
  });
});

test("at most eight group versions are asked for at once", async () => {
  const names = Array.from({ length: 30 }, (_, index) => `g${index}.example`);
  let open = 0;
  let most = 0;
  const send = scriptedSend(async ({ path }) => {
    if (path === "/api") return roots["/api"];
    if (path === "/apis") return groups(...names.map((name) => [name, "v1"] as const));
    most = Math.max(most, ++open);
    await new Promise((resolve) => setImmediate(resolve));
    open--;
    return path === "/api/v1" ? roots["/api/v1"] : resourceList(path.split("/")[2] ?? "");
  });
  const { resources } = await discover(send);
  assert.deepEqual(
    resources.slice(2).map(({ resource }) => resource),
    names,
  );
  assert.ok(most > 1 && most <= 9, `${most} at once`);
});

for (const [what, answer] of [
  ["answers 503", textAnswer("service unavailable", 503)],
  ["answers 404", statusAnswer(404, "NotFound")],
  ["answers 403", statusAnswer(403, "Forbidden")],
  ["answers with text", textAnswer("hello")],
  ["answers with another kind", jsonAnswer({ kind: "PodList" })],
  ["does not answer in time", new ArkError("Timeout", "no answer")],
] as const) {
  test(`a group that ${what} is a failure and not an error`, async () => {
    const send = answers({
      ...roots,
      "/apis": groups(["dead.example", "v1"], ["b.example", "v1"]),
      "/apis/dead.example/v1": answer,
      "/apis/b.example/v1": resourceList("bees"),
    });
    const { resources, failures } = await discover(send);
    assert.deepEqual(
      resources.map(({ resource }) => resource),
      ["pods", "nodes", "bees"],
    );
    assert.deepEqual(
      failures.map(({ groupVersion }) => groupVersion),
      ["dead.example/v1"],
    );
    assert.notEqual(failures[0]?.message, "");
  });
}

for (const code of ["Cancelled", "ClusterUnreachable", "Unauthorized"] as const) {
  test(`${code} in the middle ends the discovery`, async () => {
    const send = answers({
      ...roots,
      "/apis": groups(["a.example", "v1"]),
      "/apis/a.example/v1": new ArkError(code, "no"),
    });
    await assert.rejects(discover(send), (error) => hasCode(error, code));
  });
}
