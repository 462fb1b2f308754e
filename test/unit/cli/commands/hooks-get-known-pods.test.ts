import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { getHooks } from "../../../../src/cli/commands/hooks-get.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { pod } from "../../../support/builders.ts";
import { capturedContext } from "../../../support/captured-context.ts";
import { MemoryCluster } from "../../../support/memory-cluster.ts";

const annotations = { "pre.hook.backup.ark.heptio.com/command": "sync" };
const noDiscovery = new ArkError("ServerError", "the server does not answer discovery");

async function run(cluster: MemoryCluster, ...target: readonly string[]) {
  const context = capturedContext();
  const code = await getHooks({ target, output: "name" }, cluster, context);
  return { code, output: context.output(), errors: context.errors() };
}

function clusterWithoutDiscovery(): MemoryCluster {
  const objects = [pod("shop/a", { annotations })];
  const cluster = new MemoryCluster({ identity: { namespace: "shop" }, objects });
  cluster.fail({ verb: "discover", error: noDiscovery });
  return cluster;
}

suite("hooks get of pods", () => {
  const ways = [[], ["pods"], ["po"], ["pod", "a"], ["pods,po"], ["pod/a"], ["po/a", "pods/a"]];
  for (const words of ways) {
    test(`"${words.join(" ")}" does not ask what else the server has`, async () => {
      const { code, output, errors } = await run(clusterWithoutDiscovery(), ...words);
      assert.deepEqual([code, output, errors], [0, "pod/a\n", ""]);
    });
  }

  for (const words of [["deploy"], ["pods,deploy"], ["pod/a", "deploy/a"], ["pods.v1", "a"]]) {
    test(`"${words.join(" ")}" asks`, async () => {
      await assert.rejects(run(clusterWithoutDiscovery(), ...words), noDiscovery);
    });
  }

  test("is not understood differently where the words are not of the right form", async () => {
    for (const words of [["pods/"], ["pod/a", "b"], ["pod/a/b"]]) {
      await assert.rejects(run(clusterWithoutDiscovery(), ...words), /not of the form TYPE\/NAME/);
    }
  });

  test("a server that refuses everything is one error, not one for each pod", async () => {
    const cluster = clusterWithoutDiscovery();
    const refused = new ArkError("Unauthorized", "cannot get pods: you must be logged in");
    cluster.fail({ verb: "get", resource: "pods", error: refused });
    await assert.rejects(run(cluster, "pod/a", "pod/b"), noDiscovery);
  });

  test("a server that cannot be reached is said once and in its own words", async () => {
    for (const code of ["ClusterUnreachable", "Timeout"] as const) {
      const cluster = clusterWithoutDiscovery();
      const error = new ArkError(code, "https://api: connection refused");
      cluster.fail({ verb: "list", resource: "pods", error });
      await assert.rejects(run(cluster), error);
    }
  });

  test("what only the pods are refused is an error about them", async () => {
    const objects = [pod("shop/a", { annotations })];
    const cluster = new MemoryCluster({ identity: { namespace: "shop" }, objects });
    const error = new ArkError("ServerError", "cannot list pods: etcd is tired");
    cluster.fail({ verb: "list", resource: "pods", error });
    const { code, errors } = await run(cluster);
    assert.deepEqual([code, errors], [1, "error: pod: cannot list pods: etcd is tired\n"]);
  });
});
