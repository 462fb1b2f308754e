import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { unsetHooks, type HooksUnsetArguments } from "../../../../src/cli/commands/hooks-unset.ts";
import type { KubernetesObject } from "../../../../src/cluster/cluster.ts";
import { deployment, pod } from "../../../support/builders.ts";
import { capturedContext } from "../../../support/captured-context.ts";
import { MemoryCluster } from "../../../support/memory-cluster.ts";

const annotations = {
  mine: "1",
  "hook.backup.ark.heptio.com/command": "legacy",
  "pre.hook.backup.velero.io/command": "freeze",
  "post.hook.backup.ark.heptio.com/command": "thaw",
};

function clusterOf(...objects: readonly KubernetesObject[]): MemoryCluster {
  return new MemoryCluster({ identity: { namespace: "shop" }, objects });
}

async function run(cluster: MemoryCluster, flags: HooksUnsetArguments) {
  const context = capturedContext();
  const code = await unsetHooks(flags, cluster, context);
  return { code, output: context.output(), errors: context.errors() };
}

suite("hooks unset", () => {
  test("every family and form of both phases goes, the rest stays", async () => {
    const cluster = clusterOf(pod("shop/db", { annotations }));
    const { code, output } = await run(cluster, { target: ["pod/db"] });
    assert.deepEqual([code, output], [0, "pod/db hooks unset\n"]);
    assert.deepEqual(cluster.find("pods", "db", "shop")?.metadata.annotations, { mine: "1" });
  });

  test("one phase leaves the other, and a pre hook left alone is warned about", async () => {
    const cluster = clusterOf(pod("shop/db", { annotations }));
    const { errors } = await run(cluster, { target: ["pod/db"], post: true });
    assert.match(errors, /there is a pre hook and no post hook/);
    const left = Object.keys(cluster.find("pods", "db", "shop")?.metadata.annotations ?? {});
    assert.deepEqual(left, Object.keys(annotations).slice(0, 3));
  });

  test("a template without hooks is not changed, and nobody is asked", async () => {
    const template = { spec: { containers: [{ name: "db" }] } };
    const cluster = clusterOf(deployment("shop/db", { spec: { template } }));
    const { code, output } = await run(cluster, { target: ["deploy/db"] });
    assert.deepEqual([code, output], [0, "deployment.apps/db not changed\n"]);
  });

  test("a template with hooks is rolled out only when that is confirmed", async () => {
    const template = { metadata: { annotations }, spec: { containers: [{ name: "db" }] } };
    const cluster = clusterOf(deployment("shop/db", { spec: { template } }));
    await assert.rejects(run(cluster, { target: ["deploy/db"] }), /no terminal/);
    const { output } = await run(cluster, { target: ["deploy/db"], yes: true });
    assert.equal(output, "deployment.apps/db hooks unset\n");
  });

  test("a selector that matches nothing leaves nothing to do", async () => {
    const { code, errors } = await run(clusterOf(), { target: ["pods"], selector: "a=b" });
    assert.deepEqual([code, errors], [0, "Nothing found in shop namespace.\n"]);
  });
});
