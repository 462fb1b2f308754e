import { groupResourceOf } from "../../cluster/group-resource.ts";
import { listOf, type Permission, rights, uniquePermissions } from "./permission.ts";
import type { PermissionPlaces } from "./permission-places.ts";
import { companionPermissions } from "./permissions-of-companions.ts";
import { volumePermissions } from "./permissions-of-volumes.ts";
import type { BackupPlan } from "../plan/plan-backup.ts";
import { isGlob } from "../plan/resolve-namespaces.ts";

/**
 * Every right that a backup by this plan uses, each once and no more than that: only what is fetched by name needs "get".
 * Without a namespace where a right is needed for all of them, or its kind belongs to none.
 */
export function permissionsOf(plan: BackupPlan, places: PermissionPlaces): Permission[] {
  return uniquePermissions([
    ...namespacePermissions(plan),
    ...listPermissions(plan),
    ...companionPermissions(plan, places),
    ...hookPermissions(places),
    ...volumePermissions(plan, places),
  ]);
}

/** Namespaces that are named are looked up. A role in a namespace can allow that for this namespace. */
function namespacePermissions({ request: { spec }, namespaces }: BackupPlan): Permission[] {
  const looked = namespaces.named
    ? namespaces.named.map((namespace) => ({ namespace }))
    : spec.excludedNamespaces
        .filter((name) => !isGlob(name))
        .map((name) => ({ namespace: name, name }));
  const lookups = looked.map((where) => ({
    ...where,
    verb: "get",
    group: "",
    resource: "namespaces",
    use: "objects" as const,
    isDecisive: false,
  }));
  return hasNamespaceGlobs(spec)
    ? [...lookups, ...rights(["list"], { group: "", resource: "namespaces" }, [undefined])]
    : lookups;
}

/** Whether namespaces are chosen by pattern: another time others may match. */
export function hasNamespaceGlobs(spec: BackupPlan["request"]["spec"]): boolean {
  return [...spec.includedNamespaces, ...spec.excludedNamespaces].some(
    (name) => name !== "*" && isGlob(name),
  );
}

function listPermissions({ resources, namespaces }: BackupPlan): Permission[] {
  return resources
    .filter((resource) => groupResourceOf(resource) !== "namespaces" || !namespaces.named)
    .flatMap((resource) => listOf(resource, namespaces));
}

/** A WebSocket asks by GET, so the server wants "get"; newer ones want "create" as well, as for other ways to exec. */
function hookPermissions({ hooks }: PermissionPlaces): Permission[] {
  const exec = { group: "", resource: "pods/exec" };
  return rights(["get", "create"], exec, hooks, { use: "hooks", isDecisive: true });
}
