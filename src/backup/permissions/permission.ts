import type { AccessRight, ApiResource } from "../../cluster/cluster.ts";
import type { NamespaceScope } from "../plan/resolve-namespaces.ts";

/** What a right is needed for. */
export type PermissionUse = "objects" | "hooks" | "snapshots" | "volume data" | "backup delete";

/** A right that a backup uses. Absent namespace: it is needed for the whole cluster. */
export type Permission = AccessRight & {
  readonly use: PermissionUse;
  /** Whether a backup must not be begun without it; without another one something is left out, and that is in the report. */
  readonly isDecisive: boolean;
};

/** In the order in which roles are written. */
const verbOrder = ["get", "list", "create", "patch", "delete"];

export function compareVerbs(a: string, b: string): number {
  return verbOrder.indexOf(a) - verbOrder.indexOf(b);
}

const forObjects: Pick<Permission, "use" | "isDecisive"> = { use: "objects", isDecisive: false };

/** One right for each verb in each place. */
export function rights(
  verbs: readonly string[],
  { group, resource }: { readonly group: string; readonly resource: string },
  places: readonly (string | undefined)[],
  about = forObjects,
): Permission[] {
  return places.flatMap((namespace) =>
    verbs.map((verb) => ({ verb, group, resource, namespace, ...about })),
  );
}

/** The lists of a kind that a backup makes: one for each named namespace, or one for all. */
export function listOf(resource: ApiResource, { named }: NamespaceScope): Permission[] {
  return rights(["list"], resource, placesOfKind(resource, named ?? [undefined]));
}

export function placesOfKind(
  { namespaced }: ApiResource,
  places: readonly (string | undefined)[],
): readonly (string | undefined)[] {
  return namespaced ? places : [undefined];
}

/** Each right once; a decisive use goes before others. */
export function uniquePermissions(permissions: readonly Permission[]): Permission[] {
  const unique = new Map<string, Permission>();
  for (const permission of permissions) {
    const key = keyOf(permission);
    const known = unique.get(key);
    if (!known || (permission.isDecisive && !known.isDecisive)) unique.set(key, permission);
  }
  return [...unique.values()];
}

function keyOf({ verb, group, resource, namespace = "", name = "" }: AccessRight): string {
  return [verb, group, resource, namespace, name].join(" ");
}
