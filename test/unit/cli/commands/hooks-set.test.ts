import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { setHooks, type HooksSetArguments } from "../../../../src/cli/commands/hooks-set.ts";
import { ArkError, hasCode } from "../../../../src/lib/errors.ts";
import type { KubernetesObject } from "../../../../src/cluster/cluster.ts";
import { fieldAt } from "../../../../src/hooks/hook-target.ts";
import { deployment, object, pod } from "../../../support/builders.ts";
import { capturedContext, type CapturedContextOptions } from "../../../support/captured-context.ts";
import { MemoryCluster } from "../../../support/memory-cluster.ts";

const PRE = "pre.hook.backup.ark.heptio.com";
const template = { metadata: { labels: { app: "db" } }, spec: { containers: [{ name: "main" }] } };
const identity = { namespace: "shop" };

function clusterOf(...objects: readonly KubernetesObject[]): MemoryCluster {
  return new MemoryCluster({ identity, objects });
}

async function run(
  cluster: MemoryCluster,
  flags: Partial<HooksSetArguments>,
  options: CapturedContextOptions = {},
) {
  const context = capturedContext(options);
  const both = { pre: ["freeze"], post: ["thaw"], keys: "ark" } as const;
  const code = await setHooks({ ...both, ...flags }, cluster, context);
  return { code, output: context.output(), errors: context.errors() };
}

function annotationsOf(cluster: MemoryCluster, resource: string, name: string): unknown {
  const path = resource === "pods" ? [] : ["spec", "template"];
  return fieldAt(cluster.find(resource, name, "shop"), [...path, "metadata", "annotations"]);
}

suite("hooks set", () => {
  test("a pod is annotated, and its other annotations stay", async () => {
    const cluster = clusterOf(
      pod("shop/db", { annotations: { mine: "1", [`${PRE}/timeout`]: "9s" } }),
    );
    const { code, output, errors } = await run(cluster, { target: ["po/db"] });
    assert.deepEqual([code, output, errors], [0, "pod/db hooks set\n", ""]);
    assert.deepEqual(annotationsOf(cluster, "pods", "db"), {
      mine: "1",
      [`${PRE}/command`]: '["freeze"]',
      "post.hook.backup.ark.heptio.com/command": '["thaw"]',
    });
  });

  test("the same again changes nothing and asks nothing", async () => {
    const cluster = clusterOf(deployment("shop/db", { spec: { template } }));
    await run(cluster, { target: ["deploy/db"], yes: true });
    const before = cluster.find("deployments.apps", "db", "shop");
    const { code, output } = await run(cluster, { target: ["deploy/db"] });
    assert.deepEqual([code, output], [0, "deployment.apps/db not changed\n"]);
    assert.equal(cluster.find("deployments.apps", "db", "shop"), before);
  });

  test("an order alone is set beside the hooks that are there", async () => {
    const annotations = { [`${PRE}/command`]: '["freeze"]' };
    const cluster = clusterOf(pod("shop/db", { annotations }));
    const none = { pre: undefined, post: undefined };
    const { code } = await run(cluster, { target: ["po/db"], ...none, order: "2" });
    assert.equal(code, 0);
    assert.deepEqual(annotationsOf(cluster, "pods", "db"), {
      ...annotations,
      "hook.backup.ark.heptio.com/order": "2",
    });
    await assert.rejects(
      run(cluster, { target: ["po/db"], ...none, order: "2", container: "main" }),
      (error) => hasCode(error, "Usage") && /there is no hook to set/.test(error.message),
    );
  });

  test("objects are named in each of kubectl's ways, each once", async () => {
    const cluster = clusterOf(
      pod("shop/a"),
      pod("shop/b"),
      deployment("shop/b", { spec: { template } }),
    );
    for (const [target, output] of [
      [["pod/a", "Deployment/b", "pods/a"], "pod/a deployment.apps/b"],
      [["pods", "a", "b"], "pod/a pod/b"],
      [["pods,deployments.apps", "b"], "pod/b deployment.apps/b"],
    ] as const) {
      const result = await run(cluster, { target, output: "name", "dry-run": "client" });
      assert.equal(result.output.trim().split("\n").join(" "), output);
    }
  });

  test("a selector takes all objects of the type in the namespace", async () => {
    const labels = { app: "db" };
    const cluster = clusterOf(pod("shop/a", { labels }), pod("shop/b"), pod("bank/c", { labels }));
    const { output } = await run(cluster, { target: ["pods"], selector: "app=db" });
    assert.equal(output, "pod/a hooks set\n");
  });

  test("a selector that matches nothing is an error", async () => {
    const failing = run(clusterOf(), { target: ["pods"], selector: "app=db" });
    await assert.rejects(failing, (error) => hasCode(error, "NotFound"));
  });

  test("a rollout is asked for on a terminal, and anything but yes changes nothing", async () => {
    for (const [typed, code] of [
      ["y\n", 0],
      ["n\n", 1],
      ["\n", 1],
    ] as const) {
      const cluster = clusterOf(deployment("shop/db", { spec: { replicas: 2, template } }));
      const { errors, ...result } = await run(cluster, { target: ["deploy/db"] }, { typed });
      assert.match(errors, /pod template of deployment.apps\/db \(2 replicas\).*Continue\?/);
      assert.equal(result.code, code);
      assert.equal(annotationsOf(cluster, "deployments.apps", "db") !== undefined, code === 0);
    }
  });

  test("a rollout without a terminal and without --yes is refused", async () => {
    const cluster = clusterOf(deployment("shop/db", { spec: { template } }), pod("shop/a"));
    const failing = run(cluster, { target: ["pod/a", "deploy/db"] });
    await assert.rejects(
      failing,
      (error) => hasCode(error, "Usage") && /--yes/.test(error.hint ?? ""),
    );
    assert.equal(annotationsOf(cluster, "pods", "a"), undefined);
  });

  test("a dry run shows the result and writes nothing", async () => {
    for (const dryRun of ["client", "server"] as const) {
      const cluster = clusterOf(deployment("shop/db", { spec: { template } }));
      const flags = { target: ["deploy/db"], "dry-run": dryRun, output: "json" } as const;
      const { output } = await run(cluster, flags);
      const path = ["spec", "template", "metadata", "annotations", `${PRE}/command`];
      assert.equal(fieldAt(JSON.parse(output), path), '["freeze"]');
      assert.equal(annotationsOf(cluster, "deployments.apps", "db"), undefined);
    }
  });

  test("several objects are printed as a List, without managedFields", async () => {
    const noisy = pod("shop/b", {}, { metadata: { managedFields: [{ manager: "x" }] } });
    const cluster = clusterOf(pod("shop/a"), noisy);
    const { output } = await run(cluster, { target: ["pods", "a", "b"], output: "yaml" });
    assert.match(output, /^apiVersion: v1\nkind: List\nitems:\n/);
    assert.doesNotMatch(output, /managedFields/);
  });
});

suite("hooks set with something wrong", () => {
  test("nothing is written when one of the targets is not as it should be", async () => {
    const cluster = clusterOf(pod("shop/a", { containers: ["db", "car"] }), pod("shop/b"));
    const failing = run(cluster, { target: ["pods", "a", "b"], container: "car" });
    await assert.rejects(failing, /pod\/b: no container "car".*nothing was changed/);
    assert.equal(annotationsOf(cluster, "pods", "a"), undefined);
  });

  test("a mistyped container is answered with those there are", async () => {
    const cluster = clusterOf(pod("shop/a", { containers: ["postgres", "car"] }));
    await assert.rejects(run(cluster, { target: ["pod/a"], container: "postgers" }), (error) => {
      assert.ok(hasCode(error, "Usage"));
      assert.match(`${error.message} ${error.hint}`, /did you mean postgres\?.*postgres, car/);
      return true;
    });
  });

  test("every problem is named when there are several", async () => {
    const context = capturedContext();
    const flags = { target: ["pods", "a", "b"], pre: ["x"], keys: "ark" } as const;
    await assert.rejects(setHooks(flags, clusterOf(), context), /2 problems; nothing was changed/);
    assert.match(context.errors(), /pod\/a: .*not found\nerror: pod\/b: .*not found/);
  });

  test("a failing write does not stop the others and makes the exit code 1", async () => {
    const cluster = clusterOf(pod("shop/a"), pod("shop/b"), pod("shop/c"));
    const error = new ArkError("Forbidden", "cannot patch pods: forbidden");
    cluster.fail({ verb: "patch", resource: "pods", name: "b", error });
    const { code, output, errors } = await run(cluster, { target: ["pods", "a", "b", "c"] });
    assert.deepEqual([code, output], [1, "pod/a hooks set\npod/c hooks set\n"]);
    assert.equal(errors, "error: pod/b: cannot patch pods: forbidden\n");
  });

  test("a Job is refused", async () => {
    const job = object("batch/v1", "Job", "shop/once", { spec: { template } });
    const failing = run(clusterOf(job), { target: ["job/once"], yes: true });
    await assert.rejects(failing, /job.batch\/once: a Job's pod template cannot be changed/);
  });

  for (const [target, message] of [
    [[], /say which objects/],
    [["pods"], /say which pods/],
    [["pod/a", "b"], /"b" is not of the form TYPE\/NAME/],
    [["pod/a/b"], /"pod\/a\/b" is not of the form/],
    [["pod/"], /"pod\/" is not of the form/],
    [["deplyoment/a"], /no resource type "deplyoment"; did you mean deployment/],
    [["cm/a"], /configmaps have no pods/],
  ] as const) {
    test(`the words "${target.join(" ")}" are refused`, async () => {
      const failing = run(clusterOf(pod("shop/a")), { target });
      await assert.rejects(
        failing,
        (error) => hasCode(error, "Usage") && message.test(error.message),
      );
    });
  }

  test("names and a selector exclude each other", async () => {
    const failing = run(clusterOf(pod("shop/a")), { target: ["pod/a"], selector: "a=b" });
    await assert.rejects(failing, /cannot be used together/);
  });

  test("an interruption ends it", async () => {
    const signal = AbortSignal.abort();
    const failing = run(clusterOf(pod("shop/a")), { target: ["pod/a"] }, { signal });
    await assert.rejects(failing, (error) => hasCode(error, "Cancelled"));
  });
});
