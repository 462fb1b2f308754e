import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { anyText } from "../../support/archive-arbitraries.ts";
import { createResourceList } from "../../../src/archive/resource-list.ts";

test("the list is Velero's: group/version/Kind, then ns/name or name, both sorted", () => {
  const list = createResourceList();
  list.add({ apiVersion: "v1", kind: "Namespace", name: "web" });
  list.add({ apiVersion: "apps/v1", kind: "Deployment", namespace: "web", name: "front" });
  list.add({ apiVersion: "apps/v1", kind: "Deployment", namespace: "db", name: "pg" });
  list.add({ apiVersion: "v1", kind: "Namespace", namespace: "", name: "db" });
  assert.equal(
    JSON.stringify(list.toJson()),
    '{"apps/v1/Deployment":["db/pg","web/front"],"v1/Namespace":["db","web"]}',
  );
});

test("an empty list is {}", () => {
  assert.deepEqual(createResourceList().toJson(), {});
});

test("any names come out as they went in, sorted", () => {
  const names = fc.array(
    anyText(40, 1).filter((name) => !name.includes("\0") && name.isWellFormed()),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(names, (all) => {
      const list = createResourceList();
      for (const name of all) list.add({ apiVersion: "v1", kind: "Pod", namespace: "n", name });
      assert.deepEqual(list.toJson(), { "v1/Pod": all.map((name) => `n/${name}`).toSorted() });
    }),
  );
});

test("100,000 names are kept, and more may come after a look", () => {
  const list = createResourceList();
  const add = (index: number): void =>
    list.add({ apiVersion: "v1", kind: "Pod", namespace: "web", name: `pod-${index}` });
  for (let index = 0; index < 100_000; index += 1) add(index);
  assert.equal(list.toJson()["v1/Pod"]?.length, 100_000);
  add(100_000);
  assert.equal(new Set(list.toJson()["v1/Pod"]).size, 100_001);
});
