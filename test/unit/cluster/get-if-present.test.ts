import assert from "node:assert/strict";
import { test } from "node:test";
import { getIfPresent } from "../../../src/cluster/get-if-present.ts";
import { PODS } from "../../../src/cluster/pods-resource.ts";
import { ArkError } from "../../../src/lib/errors.ts";
import { pod } from "../../support/builders.ts";
import { MemoryCluster } from "../../support/memory-cluster.ts";

const signal = new AbortController().signal;
const target = { namespace: "shop", name: "db" };

test("an object that is there is given, one that is not is undefined", async () => {
  const cluster = new MemoryCluster({ objects: [pod("shop/db")] });
  assert.equal((await getIfPresent(cluster, PODS, target, signal))?.metadata.name, "db");
  assert.equal(await getIfPresent(cluster, PODS, { ...target, name: "web" }, signal), undefined);
});

test("any other error than NotFound is thrown: nothing is known then", async () => {
  const cluster = new MemoryCluster({ objects: [pod("shop/db")] });
  cluster.fail({ verb: "get", resource: "pods", error: new ArkError("Forbidden", "no") });
  await assert.rejects(getIfPresent(cluster, PODS, target, signal), { code: "Forbidden" });
});
