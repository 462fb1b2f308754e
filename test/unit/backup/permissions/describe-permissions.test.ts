import assert from "node:assert/strict";
import { test } from "node:test";
import { describePermissions } from "../../../../src/backup/permissions/describe-permissions.ts";
import { rights } from "../../../../src/backup/permissions/permission.ts";

const pods = { group: "", resource: "pods" };
const contents = { group: "snapshot.storage.k8s.io", resource: "volumesnapshotcontents" };

test("rights are described by place and verb, in the order in which roles are written", () => {
  const permissions = [
    ...rights(["delete", "get"], pods, ["shop"]),
    ...rights(["get"], { group: "apps", resource: "deployments" }, ["shop"]),
    ...rights(["patch"], contents, [undefined]),
  ];
  assert.equal(
    describePermissions(permissions),
    "in namespace shop: get pods, deployments.apps; delete pods; at the cluster scope: patch volumesnapshotcontents.snapshot.storage.k8s.io",
  );
});

test("namespaces that lack the same are said together, and many are counted", () => {
  const names = ["a", "b", "c", "d", "e"];
  const permissions = [...rights(["list"], pods, names), ...rights(["get"], pods, ["e"])];
  assert.equal(
    describePermissions(permissions),
    "in namespaces a, b, c and 1 more: list pods; in namespace e: get pods; list pods",
  );
});

test("many kinds are counted, and the same verbs at the cluster scope are said apart", () => {
  const kinds = Array.from({ length: 12 }, (_, index) => ({ group: "", resource: `k${index}` }));
  const all = kinds.flatMap((kind) => rights(["list"], kind, [undefined]));
  assert.equal(
    describePermissions([...all, ...rights(["list"], pods, [undefined, "shop"])]),
    "at the cluster scope: list k0, k1, k2, k3, k4, k5, k6, k7, k8, k9 and 3 more; in namespace shop: list pods",
  );
  assert.equal(describePermissions([]), "");
});
