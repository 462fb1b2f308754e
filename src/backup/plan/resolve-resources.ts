import { groupResourceOf } from "../../cluster/group-resource.ts";
import type { ApiResource, Discovery } from "../../cluster/cluster.ts";
import type { ResourceFilter } from "./resource-filter.ts";
import { isEligible } from "./resource-names.ts";

/** The same objects served by two groups (as Ark and Velero): the first one that is backed up wins. */
const cohabiting: Readonly<Record<string, readonly string[]>> = {
  deployments: ["apps", "extensions"],
  daemonsets: ["apps", "extensions"],
  replicasets: ["apps", "extensions"],
  networkpolicies: ["networking.k8s.io", "extensions"],
  events: ["", "events.k8s.io"],
};

/** Volumes are reached through their pods first, as in Ark. */
const coreFirst = ["pods", "persistentvolumeclaims", "persistentvolumes"];

/** The kinds to list, in the order of work: pods, claims, volumes, the rest of the core group, other groups as discovered. */
export function resolveResources(discovery: Discovery, filter: ResourceFilter): ApiResource[] {
  const wanted = discovery.resources.filter(
    (resource) => isEligible(resource) && filter.lists(resource),
  );
  const unique = wanted.filter((resource) => !isServedByBetterGroup(resource, wanted));
  return unique
    .map((resource, index) => ({ resource, rank: rank(resource) * unique.length + index }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ resource }) => resource);
}

function isServedByBetterGroup(resource: ApiResource, wanted: readonly ApiResource[]): boolean {
  const groups = cohabiting[resource.resource] ?? [];
  const place = groups.indexOf(resource.group);
  return wanted.some(
    (other) =>
      other.resource === resource.resource &&
      groups.includes(other.group) &&
      groups.indexOf(other.group) < place,
  );
}

function rank(resource: ApiResource): number {
  const place = coreFirst.indexOf(groupResourceOf(resource));
  if (place >= 0) return place;
  return resource.group === "" ? coreFirst.length : coreFirst.length + 1;
}
