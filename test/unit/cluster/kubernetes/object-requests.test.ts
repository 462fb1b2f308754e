import assert from "node:assert/strict";
import test from "node:test";
import {
  createRequest,
  deleteRequest,
  getRequest,
  patchRequest,
} from "../../../../src/cluster/kubernetes/object-requests.ts";
import { collectionPath } from "../../../../src/cluster/kubernetes/resource-path.ts";
import { hasCode } from "../../../../src/lib/errors.ts";
import { resourceType } from "../../../support/fake-api-server/resource-types.ts";

const pods = resourceType("v1", "Pod", "pods");
const nodes = resourceType("v1", "Node", "nodes", { namespaced: false });
const deployments = resourceType("apps/v1", "Deployment", "deployments");

test("collections lie below their group, in one namespace or in all", () => {
  assert.equal(collectionPath(pods), "/api/v1/pods");
  assert.equal(collectionPath(deployments, "shop"), "/apis/apps/v1/namespaces/shop/deployments");
});

test("an object of a cluster-scoped resource has no namespace in its path", () => {
  assert.equal(getRequest(nodes, { name: "n1", namespace: "ignored" }).path, "/api/v1/nodes/n1");
});

for (const [name, encoded] of [
  ["system:node", "system%3Anode"],
  ["a?b#c d", "a%3Fb%23c%20d"],
  ["\u00fc", "%C3%BC"],
] as const) {
  test(`the name ${name} is percent-encoded`, () => {
    assert.equal(getRequest(nodes, { name }).path, `/api/v1/nodes/${encoded}`);
    const { path } = getRequest(pods, { namespace: name, name: "p" });
    assert.equal(path, `/api/v1/namespaces/${encoded}/pods/p`);
  });
}

function isRejected(error: unknown): boolean {
  return hasCode(error, "RequestRejected");
}

for (const name of [".", "..", "a/../../secrets/b", "a%2fb"]) {
  test(`the name ${name} cannot leave its place in the path`, () => {
    assert.throws(() => getRequest(nodes, { name }), isRejected);
    assert.throws(() => getRequest(pods, { namespace: name, name: "a" }), isRejected);
    assert.throws(() => collectionPath(pods, name), isRejected);
  });
}

for (const target of [{ name: "a" }, { name: "a", namespace: "" }, { name: "", namespace: "b" }]) {
  test(`${JSON.stringify(target)} does not reach the server: it would name a collection`, () => {
    assert.throws(
      () => deleteRequest(pods, target),
      (error) => hasCode(error, "Internal"),
    );
  });
}

test("creating names the writer and sends the object to its namespace", () => {
  const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: "shop" } };
  const request = createRequest(pods, object, {});
  assert.equal(request.method, "POST");
  assert.equal(request.path, "/api/v1/namespaces/shop/pods");
  assert.deepEqual(request.query, [["fieldManager", "kubectl-ark"]]);
  assert.deepEqual(JSON.parse(String(request.body)), object);
  assert.equal(request.purpose, "create pods shop/a");
});

test("a dry run on the server is asked for", () => {
  const object = { metadata: { name: "a", namespace: "shop" } };
  assert.deepEqual(createRequest(pods, object, { dryRun: "server" }).query, [
    ["fieldManager", "kubectl-ark"],
    ["dryRun", "All"],
  ]);
});

for (const [type, contentType] of [
  ["merge", "application/merge-patch+json"],
  ["strategic", "application/strategic-merge-patch+json"],
  ["json", "application/json-patch+json"],
] as const) {
  test(`a ${type} patch is sent as ${contentType}`, () => {
    const target = { namespace: "shop", name: "web" };
    const request = patchRequest({ resource: deployments, target, type, patch: { a: null } });
    assert.equal(request.headers?.["content-type"], contentType);
    assert.equal(request.body, '{"a":null}');
    assert.equal(request.path, "/apis/apps/v1/namespaces/shop/deployments/web");
  });
}
