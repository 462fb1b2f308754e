import type { BackupSpec } from "../../api/backup-spec.ts";
import { groupResourceOf } from "../../cluster/group-resource.ts";
import type { ApiResource } from "../../cluster/cluster.ts";
import { ArkError } from "../../lib/errors.ts";
import { createIncludesExcludes, type IncludesExcludes } from "../../lib/includes-excludes.ts";
import type { ResourceNames } from "./resource-names.ts";

/** Which kinds a backup holds. `namespaces` objects follow their own rule (plan-backup.ts). */
export type ResourceFilter = {
  /** Whether all objects of the kind are listed. */
  lists(resource: ApiResource): boolean;
  /** Whether an object of the kind is kept when another one brings it along. */
  keeps(resource: ApiResource): boolean;
  /** Whether the user named the kind among the excludes. */
  excludes(resource: ApiResource): boolean;
};

/**
 * @param everyNamespace whether the namespace filter lets everything through (any exclude narrows it, as Ark 0.8.1)
 * @throws ArkError InvalidDocument for a name that resolves to nothing
 */
export function createResourceFilter(
  spec: BackupSpec,
  names: ResourceNames,
  everyNamespace: boolean,
): ResourceFilter {
  return usesScopedFilters(spec)
    ? scopedFilter(spec, names, everyNamespace)
    : classicFilter(spec, names, everyNamespace);
}

const scopedFields = [
  "includedClusterScopedResources",
  "excludedClusterScopedResources",
  "includedNamespaceScopedResources",
  "excludedNamespaceScopedResources",
] as const;

function usesScopedFilters(spec: BackupSpec): boolean {
  return scopedFields.some((field) => spec[field].length > 0);
}

/** A kind in the list of the other scope would be a filter that silently does nothing. */
function assertScopes(spec: BackupSpec, names: ResourceNames): void {
  for (const field of scopedFields) {
    const isOfNamespaces = field.endsWith("NamespaceScopedResources");
    const misplaced = spec[field]
      .map((name) => names.find(name))
      .find((resource) => resource && resource.namespaced !== isOfNamespaces);
    if (!misplaced) continue;
    const scope = isOfNamespaces ? "is cluster-scoped" : "belongs to namespaces";
    const [wrong, right] = isOfNamespaces ? ["Namespace", "Cluster"] : ["Cluster", "Namespace"];
    throw new ArkError("InvalidDocument", `${field}: ${groupResourceOf(misplaced)} ${scope}`, {
      hint: `Name it in ${field.replace(wrong, right)}.`,
    });
  }
}

/** Ark 0.8.1: one pair of lists, and includeClusterResources with its "auto" (3.4 of its semantics). */
function classicFilter(
  spec: BackupSpec,
  names: ResourceNames,
  everyNamespace: boolean,
): ResourceFilter {
  const filter = resolveFilter(spec, names, "includedResources", "excludedResources");
  const clusterScoped = spec.includeClusterResources;
  const included = (resource: ApiResource): boolean =>
    filter.shouldInclude(groupResourceOf(resource));
  return {
    // Namespace objects are stored whatever includeClusterResources says (3.3).
    lists: (resource) =>
      included(resource) &&
      (resource.namespaced || isNamespaces(resource) || (clusterScoped ?? everyNamespace)),
    keeps: (resource) => included(resource) && (resource.namespaced || clusterScoped !== false),
    excludes: excludedBy("excludedResources", spec, names),
  };
}

const isNamespaces = (resource: ApiResource): boolean => groupResourceOf(resource) === "namespaces";

/** Velero's scoped lists: a cluster-scoped kind is listed when named, or when nothing at all was narrowed. */
function scopedFilter(
  spec: BackupSpec,
  names: ResourceNames,
  everyNamespace: boolean,
): ResourceFilter {
  assertScopes(spec, names);
  const namespaced = resolveFilter(
    spec,
    names,
    "includedNamespaceScopedResources",
    "excludedNamespaceScopedResources",
  );
  const cluster = resolveFilter(
    spec,
    names,
    "includedClusterScopedResources",
    "excludedClusterScopedResources",
  );
  const clusterListsGiven =
    spec.includedClusterScopedResources.length + spec.excludedClusterScopedResources.length > 0;
  const nothingNarrowed = !clusterListsGiven && everyNamespace && namespaced.includesEverything;
  const excludes = {
    namespaced: excludedBy("excludedNamespaceScopedResources", spec, names),
    cluster: excludedBy("excludedClusterScopedResources", spec, names),
  };
  const excluded = (resource: ApiResource): boolean =>
    excludes[resource.namespaced ? "namespaced" : "cluster"](resource);
  const namesCluster = spec.includedClusterScopedResources.length > 0;
  return {
    lists(resource) {
      const groupResource = groupResourceOf(resource);
      if (resource.namespaced) return namespaced.shouldInclude(groupResource);
      if (!cluster.shouldInclude(groupResource)) return false;
      return namesCluster || nothingNarrowed || isNamespaces(resource);
    },
    // As Velero: what comes along is kept unless it is excluded by name.
    keeps: (resource) =>
      resource.namespaced
        ? namespaced.shouldInclude(groupResourceOf(resource))
        : !excluded(resource),
    excludes: excluded,
  };
}

type ListField = "includedResources" | "excludedResources" | (typeof scopedFields)[number];

function resolveFilter(
  spec: BackupSpec,
  names: ResourceNames,
  includes: ListField,
  excludes: ListField,
): IncludesExcludes {
  const resolve = (field: ListField): string[] =>
    spec[field].flatMap((name) => names.resolve(name, field));
  return createIncludesExcludes(resolve(includes), resolve(excludes));
}

function excludedBy(
  field: ListField,
  spec: BackupSpec,
  names: ResourceNames,
): (resource: ApiResource) => boolean {
  const excluded = new Set(spec[field].flatMap((name) => names.resolve(name, field)));
  return (resource) => excluded.has("*") || excluded.has(groupResourceOf(resource));
}
