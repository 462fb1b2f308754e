import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type Permission, rights } from "../../../../src/backup/permissions/permission.ts";
import { roleRules } from "../../../../src/cli/rbac/role-rules.ts";

const inShop = ["shop"];

test("kinds of a group with the same verbs share a rule, those of the core group first", () => {
  const permissions = [
    ...rights(["list"], { group: "apps", resource: "deployments" }, inShop),
    ...rights(["list", "get"], { group: "", resource: "pods" }, inShop),
    ...rights(["list"], { group: "", resource: "services" }, inShop),
    ...rights(["list"], { group: "", resource: "configmaps" }, inShop),
  ];
  assert.deepEqual(roleRules(permissions), [
    { apiGroups: [""], resources: ["configmaps", "services"], verbs: ["list"] },
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] },
    { apiGroups: ["apps"], resources: ["deployments"], verbs: ["list"] },
  ]);
});

test("a right to a single object is a rule of its own, with the object's name", () => {
  const namespaces = { group: "", resource: "namespaces" };
  const named = rights(["get"], namespaces, [undefined]).map((each) => ({ ...each, name: "shop" }));
  assert.deepEqual(roleRules([...named, ...rights(["get"], namespaces, [undefined])]), [
    { apiGroups: [""], resources: ["namespaces"], resourceNames: ["shop"], verbs: ["get"] },
    { apiGroups: [""], resources: ["namespaces"], verbs: ["get"] },
  ]);
});

test("no rights are no rules", () => {
  assert.deepEqual(roleRules([]), []);
});

test("rules allow what is needed and nothing besides, and are the same in whatever order it comes", () => {
  const permission = fc
    .record({
      verb: fc.constantFrom("get", "list", "create", "patch", "delete"),
      group: fc.constantFrom("", "apps", "snapshot.storage.k8s.io"),
      resource: fc.constantFrom("pods", "pods/exec", "deployments", "volumesnapshots"),
    })
    .map(({ verb, ...kind }): Permission[] => rights([verb], kind, [undefined]));
  fc.assert(
    fc.property(fc.array(permission), (lists) => {
      const wanted = lists.flat();
      const rules = roleRules(wanted);
      const allowed = rules.flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
        ),
      );
      const texts = wanted.map(({ verb, group, resource }) => `${verb} ${group}/${resource}`);
      assert.deepEqual(allowed.toSorted(), [...new Set(texts)].toSorted());
      assert.deepEqual(roleRules(wanted.toReversed()), rules);
    }),
  );
});
