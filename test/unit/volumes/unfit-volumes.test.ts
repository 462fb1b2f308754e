import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubernetesObject } from "../../../src/cluster/cluster.ts";
import { rawObjectFromJson } from "../../../src/cluster/raw-object.ts";
import { ArkError } from "../../../src/lib/errors.ts";
import type { VolumePlan } from "../../../src/volumes/claim-volume.ts";
import { planVolumes, type PlanVolumesOptions } from "../../../src/volumes/plan-volumes.ts";
import { claim, object, volume } from "../../support/builders.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { MemoryCluster } from "../../support/memory-cluster.ts";
import { never, toolsOf } from "../../support/snapshot-builders.ts";

const fast = object("snapshot.storage.k8s.io/v1", "VolumeSnapshotClass", "fast", {
  driver: "csi.example",
});
const forbidden = new ArkError("Forbidden", "no");

type Setup = PlanVolumesOptions & {
  readonly objects?: readonly KubernetesObject[];
  readonly forbidden?: readonly (readonly ["get" | "list", string])[];
  /** Whether the cluster serves the snapshot API. */
  readonly hasApi?: boolean;
};

async function planOf(
  of: KubernetesObject,
  { objects = [fast], forbidden: rules = [], hasApi = true, ...options }: Setup = {},
): Promise<VolumePlan> {
  const cluster = new MemoryCluster({ objects });
  for (const [verb, resource] of rules) cluster.fail({ verb, resource, error: forbidden });
  const tools = toolsOf(cluster, new FakeClock());
  const findResource: typeof tools.findResource = (name) =>
    hasApi || !name.includes("snapshot") ? tools.findResource(name) : undefined;
  const raw = rawObjectFromJson(Buffer.from(JSON.stringify(of)));
  const [plan] = await planVolumes([raw], options, { cluster, findResource }, never);
  assert.ok(plan);
  return plan;
}

async function wordsFor(of: KubernetesObject, setup: Setup = {}): Promise<string> {
  const { method } = await planOf(of, setup);
  return method.kind === "none" ? method.reason : `snapshot ${method.className ?? "by default"}`;
}

const bound = claim("shop/data", "pv");

test("a claim without a volume has none to snapshot", async () => {
  assert.equal(await wordsFor(claim("shop/data")), "the claim is not bound to a volume");
  const pending = claim("shop/data", "pv", { status: { phase: "Pending" } });
  const objects = [fast, volume("pv", "shop/data")];
  assert.equal(await wordsFor(pending, { objects }), "the claim is not bound to a volume");
});

test("a claim whose volume is gone is told from one that is Lost", async () => {
  assert.equal(await wordsFor(bound), "its volume pv does not exist");
  const lost = claim("shop/data", "pv", { status: { phase: "Lost" } });
  assert.equal(await wordsFor(lost), "the claim is Lost: its volume pv is gone");
});

test("a volume of another claim is not snapshotted", async () => {
  const ofBank = [fast, volume("pv", "bank/data")];
  const reason = "its volume pv is bound to another claim: bank/data";
  assert.equal(await wordsFor(bound, { objects: ofBank }), reason);
  const ofNone = [fast, volume("pv")];
  assert.equal(await wordsFor(bound, { objects: ofNone }), "its volume pv is bound to no claim");
  const claimRef = { namespace: "shop", name: "data", uid: "earlier" };
  const before = volume("pv", "", { spec: { csi: { driver: "csi.example" }, claimRef } });
  const again = claim("shop/data", "pv", { metadata: { uid: "later" } });
  assert.match(await wordsFor(again, { objects: [fast, before] }), /bound to another claim/);
});

for (const [source, words] of [
  ["nfs", "nfs volumes cannot be snapshotted: only those of CSI drivers can"],
  ["hostPath", "hostPath volumes cannot be snapshotted: only those of CSI drivers can"],
  ["local", "local volumes cannot be snapshotted: only those of CSI drivers can"],
  ["novelty", "volumes without a CSI driver cannot be snapshotted: only those of CSI drivers can"],
] as const) {
  test(`a volume of kind ${source} says so`, async () => {
    const claimRef = { namespace: "shop", name: "data" };
    const objects = [fast, volume("pv", "", { spec: { [source]: {}, claimRef } })];
    assert.equal(await wordsFor(bound, { objects }), words);
  });
}

test("a cluster without a snapshot API says so, and a class asked for there is an error", async () => {
  const setup = { objects: [volume("pv", "shop/data")], hasApi: false };
  assert.match(await wordsFor(bound, setup), /the cluster has no snapshot API/);
  const planning = planOf(bound, { ...setup, snapshotClass: "fast" });
  await assert.rejects(planning, { code: "InvalidDocument" });
});

const provisioned = claim("shop/data", "pv", {
  metadata: { annotations: { "volume.kubernetes.io/storage-provisioner": "csi.example" } },
});
const noVolumes = [["get", "persistentvolumes"]] as const;
const nothing = [...noVolumes, ["list", "volumesnapshotclasses.snapshot.storage.k8s.io"]] as const;

test("who must not read volumes has the driver from the claim's annotation", async () => {
  const plan = await planOf(provisioned, { forbidden: noVolumes });
  assert.deepEqual([plan.driver, plan.reclaimPolicy], ["csi.example", undefined]);
  assert.equal(await wordsFor(provisioned, { forbidden: noVolumes }), "snapshot fast");
  const beta = claim("shop/data", "pv", {
    metadata: { annotations: { "volume.beta.kubernetes.io/storage-provisioner": "csi.example" } },
  });
  assert.equal(await wordsFor(beta, { forbidden: noVolumes }), "snapshot fast");
});

test("who must not read classes either leaves the choice to the controller, or names one", async () => {
  assert.equal(await wordsFor(provisioned, { forbidden: nothing }), "snapshot by default");
  const named = { forbidden: nothing, snapshotClass: "unseen" };
  assert.equal(await wordsFor(provisioned, named), "snapshot unseen");
});

test("a claim of which nothing is known is not guessed at, unless a class is named for it", async () => {
  const reason = "its volume pv cannot be read, and the claim does not say which driver it is of";
  assert.equal(await wordsFor(bound, { forbidden: noVolumes }), reason);
  const named = { forbidden: noVolumes, snapshotClass: "fast" };
  assert.equal(await wordsFor(bound, named), "snapshot fast");
});

test("a volume of an in-tree driver that cannot be read is not of CSI", async () => {
  const inTree = claim("shop/data", "pv", {
    metadata: {
      annotations: { "volume.kubernetes.io/storage-provisioner": "kubernetes.io/gce-pd" },
    },
  });
  assert.match(
    await wordsFor(inTree, { forbidden: noVolumes }),
    /^volumes of kubernetes\.io\/gce-pd/,
  );
});

test("a failing server is an error, not a reason", async () => {
  const cluster = new MemoryCluster({ objects: [fast, volume("pv", "shop/data")] });
  const error = new ArkError("ServerError", "etcd is down");
  cluster.fail({ verb: "get", resource: "persistentvolumes", error });
  const raw = rawObjectFromJson(Buffer.from(JSON.stringify(bound)));
  const planning = planVolumes([raw], {}, toolsOf(cluster, new FakeClock()), never);
  await assert.rejects(planning, { message: "etcd is down" });
});

test("objects whose fields are of wrong types have reasons, not crashes", async () => {
  const hostile = [
    claim("shop/data", undefined, { spec: null, status: [] }),
    claim("shop/data", undefined, { spec: { volumeName: 7 }, status: { phase: {} } }),
    claim("shop/data", undefined, { spec: "x", status: 1 }),
  ];
  for (const of of hostile) assert.equal(await wordsFor(of), "the claim is not bound to a volume");
  for (const spec of [null, [], { csi: "x" }, { csi: { driver: {} }, claimRef: 5 }]) {
    const objects = [fast, volume("pv", "", { spec })];
    assert.equal(await wordsFor(bound, { objects }), "its volume pv is bound to no claim");
  }
});
