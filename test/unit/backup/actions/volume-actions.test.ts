import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { persistentVolumeClaimAction } from "../../../../src/backup/actions/persistent-volume-claim.ts";
import { podAction } from "../../../../src/backup/actions/pod.ts";
import type { KubernetesObject } from "../../../../src/cluster/cluster.ts";
import { rawObjectFromJson } from "../../../../src/cluster/raw-object.ts";
import { claim, object } from "../../../support/builders.ts";
import { resourceType } from "../../../support/fake-api-server/resource-types.ts";

const signal = new AbortController().signal;
const pods = resourceType("v1", "Pod", "pods");
const claims = resourceType("v1", "PersistentVolumeClaim", "persistentvolumeclaims");
const raw = (value: KubernetesObject) => rawObjectFromJson(Buffer.from(JSON.stringify(value)));

const claimItems = (...names: string[]) =>
  names.map((name) => ({ groupResource: "persistentvolumeclaims", namespace: "foo", name }));

const mounts = (claimName: string) => ({ name: "v", persistentVolumeClaim: { claimName } });

const additional = (value: KubernetesObject) =>
  persistentVolumeClaimAction.additionalItems({ resource: claims, raw: raw(value) }, signal);

describe("the action of pods (Ark 0.8.1's PodAction, semantics 7.6)", () => {
  const rows: readonly [string, unknown, string[]][] = [
    ["no spec", undefined, []],
    ["no volumes", {}, []],
    ["volumes null", { volumes: null }, []],
    ["a claim without a name", { volumes: [{ name: "v", persistentVolumeClaim: {} }] }, []],
    ["a claim with an empty name", { volumes: [mounts("")] }, []],
    [
      "claims among other volumes, in their order",
      { volumes: [{ name: "e", emptyDir: {} }, mounts("claim2"), { name: "s" }, mounts("claim1")] },
      ["claim2", "claim1"],
    ],
    [
      "a generic ephemeral volume",
      { volumes: [{ name: "scratch", ephemeral: {} }] },
      ["bar-scratch"],
    ],
  ];
  for (const [what, spec, expected] of rows) {
    it(`${what}: [${expected.join(", ")}]`, async () => {
      const item = { resource: pods, raw: raw(object("v1", "Pod", "foo/bar", { spec })) };
      assert.deepEqual(await podAction.additionalItems(item, signal), claimItems(...expected));
    });
  }

  it("is for pods of the core group only", () => {
    assert.equal(podAction.appliesTo(pods), true);
    assert.equal(podAction.appliesTo(claims), false);
    assert.equal(
      podAction.appliesTo(resourceType("metrics.k8s.io/v1", "PodMetrics", "pods")),
      false,
    );
  });
});

describe("the action of claims (Ark 0.8.1's PVAction, semantics 7.6)", () => {
  for (const [what, value] of [
    ["no spec", object("v1", "PersistentVolumeClaim", "foo/bar")],
    ["no volume name", claim("foo/bar")],
    ["an empty volume name", claim("foo/bar", "")],
  ] as const) {
    it(`${what}: none, and no error (Ark 0.8.1's plugin crashed)`, async () => {
      assert.deepEqual(await additional(value), []);
    });
  }

  it("a bound claim brings its volume", async () => {
    assert.deepEqual(await additional(claim("foo/bar", "myVolume")), [
      { groupResource: "persistentvolumes", name: "myVolume" },
    ]);
  });

  it("is for claims only", () => {
    assert.equal(persistentVolumeClaimAction.appliesTo(claims), true);
    assert.equal(persistentVolumeClaimAction.appliesTo(pods), false);
  });
});
