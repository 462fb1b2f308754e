import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { groupResourceOf } from "../../../../src/cluster/group-resource.ts";
import type { ResourceFilter } from "../../../../src/backup/plan/resource-filter.ts";
import { resolveResources } from "../../../../src/backup/plan/resolve-resources.ts";
import {
  type FakeResource,
  resourceType,
} from "../../../support/fake-api-server/resource-types.ts";

const everything: ResourceFilter = {
  lists: () => true,
  keeps: () => true,
  excludes: () => false,
};

function listed(
  resources: readonly FakeResource[],
  filter: Partial<ResourceFilter> = {},
): string[] {
  const found = resolveResources({ resources, failures: [] }, { ...everything, ...filter });
  return found.map(groupResourceOf);
}

const core = (name: string): FakeResource => resourceType("v1", name, name);

describe("the order of kinds (Ark 0.8.1, semantics 7.6)", () => {
  it("the core group: pods, claims, volumes, then the rest as discovered", () => {
    const discovered = [
      "persistentvolumes",
      "configmaps",
      "antelopes",
      "persistentvolumeclaims",
      "pods",
    ];
    assert.deepEqual(listed(discovered.map(core)), [
      "pods",
      "persistentvolumeclaims",
      "persistentvolumes",
      "configmaps",
      "antelopes",
    ]);
  });

  it("other groups come after the core group, as discovered", () => {
    const resources = [
      resourceType("b.example/v1", "B", "bs"),
      core("pods"),
      resourceType("a.example/v1", "A", "as"),
      core("secrets"),
    ];
    assert.deepEqual(listed(resources), ["pods", "secrets", "bs.b.example", "as.a.example"]);
  });

  it("a kind called pods of another group is no pod", () => {
    const resources = [resourceType("metrics.example/v1", "PodMetrics", "pods"), core("secrets")];
    assert.deepEqual(listed(resources), ["secrets", "pods.metrics.example"]);
  });

  it("nothing discovered is nothing to list", () => assert.deepEqual(listed([]), []));
});

describe("the same objects in two groups (Ark 0.8.1, semantics 3.6; here the newer group wins in either order)", () => {
  for (const [resource, better, worse] of [
    ["deployments", "apps/v1", "extensions/v1beta1"],
    ["daemonsets", "apps/v1", "extensions/v1beta1"],
    ["replicasets", "apps/v1", "extensions/v1beta1"],
    ["networkpolicies", "networking.k8s.io/v1", "extensions/v1beta1"],
    ["events", "v1", "events.k8s.io/v1"],
  ] as const) {
    const [first, second] = [
      resourceType(better, "K", resource),
      resourceType(worse, "K", resource),
    ];
    it(`${resource}: ${better}, not ${worse}`, () => {
      assert.deepEqual(listed([first, second]), [groupResourceOf(first)]);
      assert.deepEqual(listed([second, first]), [groupResourceOf(first)]);
    });

    it(`${resource}: ${worse}, when it is the only one that is wanted`, () => {
      const lists: ResourceFilter["lists"] = ({ group }) => group === second.group;
      assert.deepEqual(listed([first, second], { lists }), [groupResourceOf(second)]);
    });
  }

  it("a custom kind called deployments is another kind (Ark 0.8.1 took it for the same)", () => {
    const resources = [
      resourceType("apps/v1", "Deployment", "deployments"),
      resourceType("example.com/v1", "Deployment", "deployments"),
    ];
    assert.deepEqual(listed(resources), ["deployments.apps", "deployments.example.com"]);
  });
});
