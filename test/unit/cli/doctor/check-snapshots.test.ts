import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { KubernetesObject } from "../../../../src/cluster/cluster.ts";
import { groupResourceOf } from "../../../../src/cluster/group-resource.ts";
import { checkSnapshots } from "../../../../src/cli/doctor/check-snapshots.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { object } from "../../../support/builders.ts";
import { MemoryCluster } from "../../../support/memory-cluster.ts";

const never = new AbortController().signal;
const API = "snapshot.storage.k8s.io/v1";
const CLASSES = "volumesnapshotclasses.snapshot.storage.k8s.io";

function snapshotClass(name: string, isDefault = false, driver = "csi.example"): KubernetesObject {
  const annotations = { "snapshot.storage.kubernetes.io/is-default-class": String(isDefault) };
  return object(API, "VolumeSnapshotClass", name, { metadata: { annotations }, driver });
}

function storageClass(name: string, provisioner: string): KubernetesObject {
  return object("storage.k8s.io/v1", "StorageClass", name, { provisioner });
}

async function check(cluster: MemoryCluster, isThere: (name: string) => boolean = () => true) {
  const { resources } = await cluster.discover(never);
  const find = (name: string) =>
    resources.find((kind) => isThere(name) && groupResourceOf(kind) === name);
  return checkSnapshots(find, cluster, never);
}

suite("snapshots", () => {
  test("a class for each driver is well; whether the controller was seen is said", async () => {
    const objects = [
      storageClass("fast", "csi.example"),
      snapshotClass("a"),
      snapshotClass("b", true),
    ];
    const unseen = await check(new MemoryCluster({ objects }));
    assert.deepEqual(unseen, {
      status: "ok",
      message: "csi.example: a, b (default), whether the controller runs cannot be seen",
    });
    const content = object(API, "VolumeSnapshotContent", "c", { status: { readyToUse: true } });
    const seen = await check(new MemoryCluster({ objects: [...objects, content] }));
    assert.match(seen.message, /the controller has answered before/);
  });

  test("without the API, and without any class, it is a warning that names the other way", async () => {
    for (const verdict of [
      await check(new MemoryCluster(), (name) => name !== CLASSES),
      await check(new MemoryCluster({ objects: [storageClass("fast", "csi.example")] })),
    ]) {
      assert.equal(verdict.status, "warn");
      assert.match(verdict.hint ?? "", /--volume-data/);
    }
  });

  test("a storage class whose driver has no class, or several of which none is the default, is named", async () => {
    const objects = [
      storageClass("local", "rancher.io/local-path"),
      storageClass("fast", "csi.example"),
      snapshotClass("a"),
      snapshotClass("b"),
    ];
    const { status, message } = await check(new MemoryCluster({ objects }));
    assert.equal(status, "warn");
    assert.match(
      message,
      /storage class local: there is no VolumeSnapshotClass for driver rancher/,
    );
    assert.match(message, /storage class fast: .*none is the default: a, b/);
  });

  test("who may not look at classes leaves the choice to the server", async () => {
    const cluster = new MemoryCluster();
    cluster.fail({ verb: "list", resource: CLASSES, error: new ArkError("Forbidden", "no") });
    assert.equal((await check(cluster)).status, "ok");
  });
});
