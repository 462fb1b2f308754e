import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { checkHooks, type HooksCheckArguments } from "../../../../src/cli/commands/hooks-check.ts";
import type { KubernetesObject } from "../../../../src/cluster/cluster.ts";
import type { Finding } from "../../../../src/hooks/check/finding.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { object, pod } from "../../../support/builders.ts";
import { capturedContext } from "../../../support/captured-context.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { correctHooks } from "../../../support/hook-faults.ts";
import { MemoryCluster } from "../../../support/memory-cluster.ts";

const PRE = "pre.hook.backup.ark.heptio.com";
const notSplit = { ...correctHooks, [`${PRE}/command`]: "fsfreeze -f /data" };

function clusterOf(...objects: readonly KubernetesObject[]): MemoryCluster {
  return new MemoryCluster({ identity: { namespace: "shop" }, objects, pageSize: 2 });
}

async function run(cluster: MemoryCluster, flags: HooksCheckArguments = {}) {
  const context = capturedContext();
  const code = await checkHooks(flags, { cluster, clock: new FakeClock() }, context);
  return { code, output: context.output(), errors: context.errors() };
}

async function findings(cluster: MemoryCluster, flags: HooksCheckArguments = {}) {
  const { output } = await run(cluster, { ...flags, output: "json" });
  const { items }: { items: Finding[] } = JSON.parse(output);
  return items.map(({ rule, namespace, kind, name }) => `${rule} ${namespace}/${kind}/${name}`);
}

function deployment(path: string, annotations: Record<string, string>, containers = ["db"]) {
  const name = path.slice(path.indexOf("/") + 1);
  const template = {
    metadata: { annotations },
    spec: { containers: containers.map((container) => ({ name: container })) },
  };
  return object("apps/v1", "Deployment", path, {
    metadata: { uid: `uid-${name}` },
    spec: { template },
  });
}

/** A Deployment's ReplicaSet and pods of it; the containers can be more than the template has. */
function madeBy(
  path: string,
  annotations: Record<string, string>,
  { containers = ["db"], pods = ["a"] } = {},
): KubernetesObject[] {
  const name = path.slice(path.indexOf("/") + 1);
  const set = object("apps/v1", "ReplicaSet", `${path}-1`, {
    metadata: { uid: `uid-${name}-1`, ...ownedBy("Deployment", name) },
    spec: { template: { metadata: { annotations }, spec: { containers: [{ name: "db" }] } } },
  });
  const made = pods.map((suffix) =>
    pod(
      `${path}-1-${suffix}`,
      { annotations, containers },
      { metadata: ownedBy("ReplicaSet", `${name}-1`) },
    ),
  );
  return [set, ...made];
}

function ownedBy(kind: string, name: string) {
  const owner = { apiVersion: "apps/v1", kind, name, uid: `uid-${name}`, controller: true };
  return { ownerReferences: [owner] };
}

suite("hooks check", () => {
  test("looks at the namespace, with -A at all, which it shows", async () => {
    const cluster = clusterOf(
      ...["shop/a", "bank/b"].map((path) =>
        pod(path, { annotations: notSplit, containers: ["db"] }),
      ),
    );
    assert.deepEqual(await findings(cluster), ["command-not-split shop/Pod/a"]);
    const { output, code } = await run(cluster, { "all-namespaces": true, output: "wide" });
    assert.match(output, /^NAMESPACE +NAME +SEVERITY +RULE +KEY +PROBLEM +FIX\n/);
    assert.match(output, /^bank +pod\/b +error +command-not-split +pre\.hook/m);
    assert.equal(code, 1);
  });

  test("a template's fault is found once, at its workload, though three pods show it", async () => {
    const pods = madeBy("shop/db", notSplit, { pods: ["a", "b", "c"] });
    const cluster = clusterOf(deployment("shop/db", notSplit), ...pods);
    assert.deepEqual(await findings(cluster), ["command-not-split shop/Deployment/db"]);
    assert.deepEqual(await findings(cluster, { target: ["pod/db-1-a"] }), [
      "command-not-split shop/Deployment/db",
    ]);
  });

  test("a container that a webhook adds to the pods is none that is missing", async () => {
    const hooks = Object.fromEntries(
      Object.entries(correctHooks).map(([key, value]) => [key, value === "db" ? "proxy" : value]),
    );
    const workload = deployment("shop/db", hooks, ["main"]);
    const withPods = clusterOf(
      workload,
      ...madeBy("shop/db", hooks, { containers: ["main", "proxy"] }),
    );
    assert.deepEqual(await findings(withPods), []);
    assert.deepEqual(await findings(clusterOf(workload)), [
      "wrong-container shop/Deployment/db",
      "wrong-container shop/Deployment/db",
    ]);
  });

  test("pods that are being deleted are passed over", async () => {
    const deletionTimestamp = "2026-01-01T00:00:00Z";
    const leaving = pod("shop/a", { annotations: notSplit }, { metadata: { deletionTimestamp } });
    const { errors } = await run(clusterOf(leaving));
    assert.equal(errors, "No hooks found in shop namespace.\n");
  });

  test("a kind that may not be listed is a note, and the rest is checked", async () => {
    const cluster = clusterOf(pod("shop/a", { annotations: notSplit, containers: ["db"] }));
    const error = new ArkError("Forbidden", "cannot list cronjobs", { hint: "Ask." });
    cluster.fail({ verb: "list", resource: "cronjobs.batch", error });
    assert.deepEqual(await findings(cluster), [
      "command-not-split shop/Pod/a",
      "not-checked shop/CronJob/",
    ]);
  });

  test("pods that may not be listed are an error: nothing is known of their hooks", async () => {
    const cluster = clusterOf();
    cluster.fail({ verb: "list", resource: "pods", error: new ArkError("Forbidden", "no") });
    const { code, errors } = await run(cluster);
    assert.deepEqual([code, errors], [1, "error: pod: no\n"]);
  });

  test("an object that is not there does not hide the others", async () => {
    const cluster = clusterOf(pod("shop/a", { annotations: notSplit, containers: ["db"] }));
    const { code, output, errors } = await run(cluster, { target: ["pod/nope", "pod/a"] });
    assert.equal(code, 1);
    assert.match(output, /command-not-split/);
    assert.match(errors, /^error: pod\/nope: .*not found/);
  });

  test("a workload whose pods differ is still named as the place that has the fault", async () => {
    const cluster = clusterOf(deployment("shop/db", notSplit), ...madeBy("shop/db", correctHooks));
    assert.deepEqual(await findings(cluster), [
      "command-not-split shop/Deployment/db",
      "lost-at-restart shop/Pod/db-1-a",
    ]);
  });

  test("hostile values cannot move the cursor, and are cut", async () => {
    const command = `x \u001b]0;title\u0007\n\u202e${"y".repeat(100_000)}`;
    const annotations = { [`${PRE}/command`]: command, [`${PRE}/\u001b`]: "" };
    const { output } = await run(clusterOf(pod("shop/a", { annotations })), { output: "wide" });
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    assert.doesNotMatch(output, /[\u0000-\u0009\u000b-\u001f\u202e]/);
    assert.ok(output.length < 20_000, String(output.length));
  });

  test("nothing found is no failure", async () => {
    assert.deepEqual(await run(clusterOf(pod("shop/a"))), {
      code: 0,
      output: "",
      errors: "No hooks found in shop namespace.\n",
    });
  });
});
