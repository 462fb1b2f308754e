import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { hasCode } from "../../../src/lib/errors.ts";
import type { KubernetesObject } from "../../../src/cluster/cluster.ts";
import { rawObjectFromJson } from "../../../src/cluster/raw-object.ts";
import { type HookTarget, readHookTarget } from "../../../src/hooks/hook-target.ts";
import { configMap, deployment, object, pod } from "../../support/builders.ts";
import { MemoryCluster } from "../../support/memory-cluster.ts";

const cluster = new MemoryCluster();

function read(source: KubernetesObject): HookTarget {
  const raw = rawObjectFromJson(Buffer.from(JSON.stringify(source)));
  return readHookTarget(raw, cluster.resourceOf(source));
}

const template = {
  metadata: { annotations: { "pre.hook.backup.ark.heptio.com/command": "x" } },
  spec: {
    containers: [{ name: "db" }],
    initContainers: [{ name: "init" }, { name: "car", restartPolicy: "Always" }],
  },
};
const names = ({ view }: HookTarget): string[] => view.containers.map(({ name }) => name);

suite("reading what can carry hooks", () => {
  test("a pod carries its own annotations", () => {
    const { label, path, view, effect } = read(pod("shop/db", { annotations: { a: "1" } }));
    assert.equal(label, "pod/db");
    assert.deepEqual(path, ["metadata", "annotations"]);
    assert.deepEqual(view.annotations, { a: "1" });
    assert.deepEqual(effect, { kind: "in place" });
  });

  test("a workload's are in its pod template, whose containers and native sidecars are the targets", () => {
    const target = read(deployment("shop/db", { spec: { replicas: 3, template } }));
    assert.equal(target.label, "deployment.apps/db");
    assert.deepEqual(target.path, ["spec", "template", "metadata", "annotations"]);
    assert.deepEqual(target.view.annotations, template.metadata.annotations);
    assert.deepEqual(names(target), ["db", "car"]);
    assert.deepEqual(target.effect, { kind: "rollout", replicas: 3 });
  });

  test("a CronJob's template lies deeper and takes effect at the next run", () => {
    const spec = { jobTemplate: { spec: { template } } };
    const target = read(object("batch/v1", "CronJob", "shop/night", { spec }));
    assert.deepEqual(target.path.slice(0, 4), ["spec", "jobTemplate", "spec", "template"]);
    assert.deepEqual(names(target), ["db", "car"]);
    assert.deepEqual(target.effect, { kind: "later", note: "takes effect at the next run" });
  });

  for (const [name, spec] of [
    ["paused", { paused: true, template }],
    ["OnDelete", { updateStrategy: { type: "OnDelete" }, template }],
  ] as const) {
    test(`a workload that is ${name} is not rolled out`, () => {
      const { effect } = read(object("apps/v1", "StatefulSet", "shop/db", { spec }));
      assert.equal(effect.kind, "later");
      assert.match(effect.kind === "later" ? effect.note : "", new RegExp(name));
    });
  }

  test("a Job's template cannot be changed, and its CronJob is named", () => {
    const owner = {
      apiVersion: "batch/v1",
      kind: "CronJob",
      name: "night",
      uid: "u",
      controller: true,
    };
    const job = object("batch/v1", "Job", "shop/night-1", {
      metadata: { ownerReferences: [owner] },
    });
    const { effect } = read(job);
    assert.equal(effect.kind, "refused");
    assert.match(effect.kind === "refused" ? effect.hint : "", /cronjob\/night/);
  });

  test("a ReplicaSet of a Deployment is refused, one on its own reaches new pods", () => {
    const owner = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: "db",
      uid: "u",
      controller: true,
    };
    const owned = object("apps/v1", "ReplicaSet", "shop/db-1", {
      metadata: { ownerReferences: [owner] },
    });
    assert.equal(read(owned).effect.kind, "refused");
    assert.equal(read(object("apps/v1", "ReplicaSet", "shop/db-1")).effect.kind, "later");
  });

  for (const spec of [
    undefined,
    null,
    "text",
    7,
    [],
    { template: null },
    { template: { spec: [] } },
  ]) {
    test(`a spec of ${JSON.stringify(spec)} has no containers and no annotations`, () => {
      const { view } = read(deployment("shop/db", { spec }));
      assert.deepEqual([view.containers, view.annotations], [[], {}]);
    });
  }

  test("a kind without pods is refused, with the kinds that have some", () => {
    assert.throws(
      () => read(configMap("shop/db")),
      (error) => hasCode(error, "Usage") && /deployments.apps/.test(error.hint ?? ""),
    );
  });
});
