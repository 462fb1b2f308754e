import assert from "node:assert/strict";
import test from "node:test";
import type { ExecRequest } from "../../../src/cluster/cluster.ts";
import { ArkError } from "../../../src/lib/errors.ts";
import { configMap, pod } from "../../support/builders.ts";
import { code, itemsOf, never } from "../../support/cluster-suite-tools.ts";
import { MemoryCluster } from "../../support/memory-cluster.ts";

const forbidden = new ArkError("Forbidden", "no");

test("a failure strikes as often as ordered, and only what it names", async () => {
  const cluster = new MemoryCluster({ objects: [configMap("a/x"), configMap("b/x")] });
  cluster.fail({
    verb: "list",
    resource: "configmaps",
    namespace: "a",
    error: forbidden,
    times: 1,
  });
  const list = (namespace: string) =>
    itemsOf(cluster.list(cluster.resource("configmaps"), { namespace }, never));
  assert.equal((await list("b")).length, 1);
  await assert.rejects(list("a"), code("Forbidden"));
  assert.equal((await list("a")).length, 1);
});

test("discovery can fail as a whole", async () => {
  const cluster = new MemoryCluster();
  cluster.fail({ verb: "discover", error: new ArkError("ClusterUnreachable", "down") });
  await assert.rejects(cluster.discover(never), code("ClusterUnreachable"));
});

test("commands succeed by default and are kept in order", async () => {
  const cluster = new MemoryCluster({ objects: [pod("shop/db")] });
  const request: ExecRequest = {
    namespace: "shop",
    pod: "db",
    container: "main",
    command: ["fsfreeze", "-f", "/data"],
  };
  assert.deepEqual(await cluster.exec(request, never), { kind: "exited", exitCode: 0 });
  cluster.onExec = () => ({ kind: "unknown", message: "the connection was lost" });
  assert.equal((await cluster.exec(request, never)).kind, "unknown");
  assert.deepEqual(cluster.execs, [request, request]);
});

test("what is given out is not the stored object itself", async () => {
  const data = { key: "value" };
  const cluster = new MemoryCluster({ objects: [configMap("shop/a", { data })] });
  data.key = "changed by the test";
  assert.deepEqual(cluster.find("configmaps", "a", "shop")?.["data"], { key: "value" });
});
