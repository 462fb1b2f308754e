import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubernetesObject } from "../../../src/cluster/cluster.ts";
import { rawObjectFromJson } from "../../../src/cluster/raw-object.ts";
import { ArkError } from "../../../src/lib/errors.ts";
import type { VolumePlan } from "../../../src/volumes/claim-volume.ts";
import { planVolumes, type PlanVolumesOptions } from "../../../src/volumes/plan-volumes.ts";
import { claim, object, type Overrides, volume } from "../../support/builders.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import type { MemoryCluster } from "../../support/memory-cluster.ts";
import { RecordingCluster } from "../../support/recording-cluster.ts";
import { never, toolsOf } from "../../support/snapshot-builders.ts";

function snapshotClass(
  name: string,
  driver: string,
  metadata: Overrides["metadata"] = {},
): KubernetesObject {
  return object("snapshot.storage.k8s.io/v1", "VolumeSnapshotClass", name, { metadata, driver });
}

const fast = snapshotClass("fast", "csi.example");
const forbidden = new ArkError("Forbidden", "no");

async function plan(
  cluster: MemoryCluster,
  claims: readonly KubernetesObject[],
  options: PlanVolumesOptions = {},
): Promise<readonly VolumePlan[]> {
  const raws = claims.map((each) => rawObjectFromJson(Buffer.from(JSON.stringify(each))));
  return planVolumes(raws, options, toolsOf(cluster, new FakeClock()), never);
}

/** What becomes of the claim shop/data on the volume pv: "snapshot fast", "none: because". */
async function methodFor(
  objects: readonly KubernetesObject[],
  {
    of = claim("shop/data", "pv"),
    ...options
  }: PlanVolumesOptions & { of?: KubernetesObject } = {},
): Promise<string> {
  const [planned] = await plan(new RecordingCluster({ objects }), [of], options);
  return wordsOf(planned);
}

function wordsOf(planned: VolumePlan | undefined): string {
  const { method } = planned ?? {};
  if (method?.kind !== "snapshot") return `none: ${method?.reason}`;
  return `snapshot ${method.className ?? "by default"}`;
}

const pv = volume("pv", "shop/data");

test("a claim is read with its volume, and snapshotted by the only class of its driver", async () => {
  const labelled = volume("pv", "shop/data", { metadata: { labels: { tier: "gold" } } });
  const of = claim("shop/data", "pv", {
    metadata: { uid: "u1" },
    spec: {
      volumeName: "pv",
      storageClassName: "fast",
      volumeMode: "Block",
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "32Mi" } },
    },
  });
  const cluster = new RecordingCluster({ objects: [labelled, fast] });
  assert.deepEqual(await plan(cluster, [of]), [
    {
      namespace: "shop",
      claim: "data",
      claimUid: "u1",
      volume: "pv",
      volumeMode: "Block",
      storageClass: "fast",
      accessModes: ["ReadWriteOnce"],
      requested: "32Mi",
      driver: "csi.example",
      reclaimPolicy: undefined,
      volumeLabels: { tier: "gold" },
      method: { kind: "snapshot", className: "fast" },
    },
  ]);
});

test("no claims, no requests", async () => {
  const cluster = new RecordingCluster();
  assert.deepEqual(await plan(cluster, [], { snapshotClass: "nowhere" }), []);
  assert.deepEqual(cluster.reads, []);
});

test("few volumes are read one by one, many by one list, and the claims keep their order", async () => {
  for (const count of [20, 21, 200]) {
    const names = Array.from({ length: count }, (_, index) => `d${(index * 11) % count}`);
    const volumes = names.map((name) => volume(`pv-${name}`, `shop/${name}`));
    const cluster = new RecordingCluster({ objects: [...volumes, fast] });
    const plans = await plan(
      cluster,
      names.map((name) => claim(`shop/${name}`, `pv-${name}`)),
    );
    assert.deepEqual(
      plans.map(({ claim: name }) => name),
      names,
    );
    assert.ok(plans.every(({ method }) => method.kind === "snapshot"));
    assert.equal(cluster.reads.length, count <= 20 ? count + 1 : 2);
  }
});

test("where many volumes must not be listed, each is read by itself", async () => {
  const names = Array.from({ length: 30 }, (_, index) => `d${index}`);
  const volumes = names.map((name) => volume(`pv-${name}`, `shop/${name}`));
  const cluster = new RecordingCluster({ objects: [...volumes, fast] });
  cluster.fail({ verb: "list", resource: "persistentvolumes", error: forbidden });
  const plans = await plan(
    cluster,
    names.map((name) => claim(`shop/${name}`, `pv-${name}`)),
  );
  assert.ok(plans.every(({ method }) => method.kind === "snapshot"));
});

const label = { labels: { "velero.io/csi-volumesnapshot-class": "true" } };
const byDefault = { annotations: { "snapshot.storage.kubernetes.io/is-default-class": "true" } };
const annotated = claim("shop/data", "pv", {
  metadata: { annotations: { "velero.io/csi-volumesnapshot-class": "slow" } },
});
const slow = snapshotClass("slow", "csi.example");
const gold = snapshotClass("gold", "csi.example", label);
const normal = snapshotClass("normal", "csi.example", byDefault);
const foreign = snapshotClass("foreign", "other.example", { ...label, ...byDefault });

const choices: [string, KubernetesObject[], Parameters<typeof methodFor>[1], string][] = [
  [
    "the class that was asked for comes first",
    [fast, slow, gold, normal],
    { of: annotated, snapshotClass: "fast" },
    "snapshot fast",
  ],
  ["then the claim's annotation", [fast, slow, gold, normal], { of: annotated }, "snapshot slow"],
  [
    "then the backup's annotation for the driver",
    [fast, slow, gold, normal],
    { annotations: { "velero.io/csi-volumesnapshot-class_csi.example": "slow" } },
    "snapshot slow",
  ],
  ["then the class with Velero's label", [fast, slow, gold, normal], {}, "snapshot gold"],
  ["then the driver's default", [fast, slow, normal, foreign], {}, "snapshot normal"],
  ["then the driver's only one", [slow, foreign], {}, "snapshot slow"],
  [
    "and several without a default are named",
    [slow, fast, foreign],
    {},
    "none: driver csi.example has several VolumeSnapshotClasses and none is the default: fast, slow; choose with --snapshot-class",
  ],
  [
    "as are several defaults",
    [normal, snapshotClass("also", "csi.example", byDefault), fast],
    {},
    "none: driver csi.example has several VolumeSnapshotClasses and more than one is the default: also, normal; choose with --snapshot-class",
  ],
  [
    "a driver without a class cannot be snapshotted",
    [foreign],
    {},
    "none: there is no VolumeSnapshotClass for driver csi.example",
  ],
  [
    "a class for another driver does not fit",
    [foreign],
    { snapshotClass: "foreign" },
    "none: class foreign (--snapshot-class) is for driver other.example, the volume is of csi.example",
  ],
  [
    "an annotation that names no class is a reason, with what may be meant",
    [fast, snapshotClass("slou", "csi.example")],
    { of: annotated },
    'none: there is no VolumeSnapshotClass "slow" (annotation velero.io/csi-volumesnapshot-class of the claim); did you mean slou?',
  ],
];
for (const [what, classes, options, words] of choices) {
  test(`choice of a class: ${what}`, async () => {
    assert.equal(await methodFor([pv, ...classes], options), words);
  });
}

test("a class that was asked for and does not exist ends it, with what may be meant", async () => {
  const planning = methodFor([pv, fast], { snapshotClass: "fats" });
  await assert.rejects(planning, {
    code: "InvalidDocument",
    message: 'there is no VolumeSnapshotClass "fats"; did you mean fast?',
  });
  await assert.rejects(methodFor([pv], { snapshotClass: "x" }), { code: "InvalidDocument" });
});
