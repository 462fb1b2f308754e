import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubernetesObject } from "../../../../src/cluster/cluster.ts";
import { rawObjectFromJson } from "../../../../src/cluster/raw-object.ts";
import type { VolumePlan } from "../../../../src/volumes/claim-volume.ts";
import { planVolumes } from "../../../../src/volumes/plan-volumes.ts";
import { claim, object, type Overrides, volume } from "../../../support/builders.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { GROUP_API, GroupCluster } from "../../../support/memory-group-controller.ts";
import { MemoryCluster } from "../../../support/memory-cluster.ts";
import { never, toolsOf } from "../../../support/snapshot-builders.ts";

const fast = object("snapshot.storage.k8s.io/v1", "VolumeSnapshotClass", "fast", {
  driver: "csi.example",
});

function groupClass(name: string, metadata: Overrides["metadata"] = {}): KubernetesObject {
  return object(GROUP_API, "VolumeGroupSnapshotClass", name, { driver: "csi.example", metadata });
}

function labelled(path: string, value: string, annotations = {}): KubernetesObject[] {
  const name = path.replace("/", "-");
  const metadata = { labels: { "velero.io/volume-group": value }, annotations };
  return [claim(path, name, { metadata }), volume(name, path)];
}

async function groupsOf(
  objects: readonly KubernetesObject[],
  cluster: MemoryCluster = new GroupCluster(new FakeClock()),
): Promise<{ groups: string[]; warnings: string[]; plans: readonly VolumePlan[] }> {
  cluster.add(...objects, fast);
  const claims = objects.filter(({ kind }) => kind === "PersistentVolumeClaim");
  const raws = claims.map((each) => rawObjectFromJson(Buffer.from(JSON.stringify(each))));
  const warnings: string[] = [];
  const warn = ({ message }: { readonly message: string }): void => void warnings.push(message);
  const tools = { ...toolsOf(cluster, new FakeClock()), warn };
  const plans = await planVolumes(raws, {}, tools, never);
  const groups = plans.map(({ claim: name, method }) => {
    const group = method.kind === "snapshot" ? method.group : undefined;
    return `${name}: ${group ? `${group.className} ${group.label.value} ${group.claims.join("+")}` : "alone"}`;
  });
  return { groups, warnings, plans };
}

test("claims of one namespace with the same group label are one group, one by itself is none", async () => {
  const objects = [
    ...labelled("shop/a", "ledger"),
    ...labelled("shop/b", "ledger"),
    ...labelled("bank/c", "ledger"),
    ...labelled("shop/d", "other"),
    claim("shop/e", "shop-e"),
    volume("shop-e", "shop/e"),
  ];
  const { groups } = await groupsOf([...objects, groupClass("groups")]);
  assert.deepEqual(groups, [
    "a: groups ledger a+b",
    "b: groups ledger a+b",
    "c: alone",
    "d: alone",
    "e: alone",
  ]);
});

const pair = [...labelled("shop/a", "ledger"), ...labelled("shop/b", "ledger")];

test("the class with Velero's label comes before the default, a claim's annotation before both", async () => {
  const labels = { "velero.io/csi-volumegroupsnapshot-class": "true" };
  const annotations = { "groupsnapshot.storage.kubernetes.io/is-default-class": "true" };
  const classes = [groupClass("plain"), groupClass("default", { annotations })];
  assert.equal((await groupsOf([...pair, ...classes])).groups[0], "a: default ledger a+b");
  classes.push(groupClass("velero", { labels }));
  assert.equal((await groupsOf([...pair, ...classes])).groups[0], "a: velero ledger a+b");
  const named = labelled("shop/b", "ledger", {
    "velero.io/csi-volume-group-snapshot-class": "plain",
  });
  const objects = [...labelled("shop/a", "ledger"), ...named, ...classes];
  assert.equal((await groupsOf(objects)).groups[0], "a: plain ledger a+b");
});

test("without a class for the driver each is cut by itself, with a warning that says why", async () => {
  const { groups, warnings } = await groupsOf(pair);
  assert.deepEqual(groups, ["a: alone", "b: alone"]);
  assert.deepEqual(warnings, [
    "the volumes of group ledger in namespace shop are not cut as one group: there is no VolumeGroupSnapshotClass for driver csi.example",
  ]);
});

test("without the API nobody is bothered", async () => {
  const { groups, warnings, plans } = await groupsOf(pair, new MemoryCluster());
  assert.deepEqual([groups, warnings], [["a: alone", "b: alone"], []]);
  assert.ok(plans.every(({ method }) => method.kind === "snapshot"));
});
