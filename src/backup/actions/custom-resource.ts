import { groupResourceOf } from "../../cluster/group-resource.ts";
import type { BackupItemAction } from "./backup-item-action.ts";

/** Groups under k8s.io that the API server itself serves; the others there are CRDs (snapshot.storage.k8s.io, gateway.networking.k8s.io). */
const builtInGroups = new Set(
  [
    "admissionregistration",
    "apiextensions",
    "apiregistration",
    "authentication",
    "authorization",
    "certificates",
    "coordination",
    "discovery",
    "events",
    "flowcontrol.apiserver",
    "internal.apiserver",
    "networking",
    "node",
    "rbac.authorization",
    "resource",
    "scheduling",
    "storage",
    "storagemigration",
  ].map((group) => `${group}.k8s.io`),
);

/**
 * A custom resource brings its definition (as Velero since 1.2). Once for each kind. A group that is served by an
 * aggregated API server has no definition, so a missing one is no error.
 */
export function createCustomResourceAction(): BackupItemAction {
  const done = new Set<string>();
  return {
    appliesTo: ({ group }) => group.includes(".") && !builtInGroups.has(group),
    async additionalItems({ resource }) {
      const name = groupResourceOf(resource);
      if (done.has(name)) return [];
      done.add(name);
      return [
        {
          groupResource: "customresourcedefinitions.apiextensions.k8s.io",
          name,
          whenMissing: "ignore",
        },
      ];
    },
  };
}
