import type { ApiResource } from "../../cluster/cluster.ts";
import { groupResourceOf } from "../../cluster/group-resource.ts";
import { createCustomResourceAction } from "../actions/custom-resource.ts";
import { orderedItems } from "../plan/ordered-resources.ts";
import { listOf, type Permission, placesOfKind, rights } from "./permission.ts";
import type { PermissionPlaces } from "./permission-places.ts";
import type { BackupPlan } from "../plan/plan-backup.ts";

const RBAC = "rbac.authorization.k8s.io";
const DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";

/** What is fetched by name: pods once more before they are captured, and what comes along with other objects. */
export function companionPermissions(plan: BackupPlan, places: PermissionPlaces): Permission[] {
  const { names, filter } = plan;
  const findKept = (groupResource: string): ApiResource | undefined => {
    const resource = names.find(groupResource);
    return resource && filter.keeps(resource) ? resource : undefined;
  };
  const fetched = (resource: ApiResource | undefined, where = everywhere(plan)): Permission[] =>
    resource ? rights(["get"], resource, placesOfKind(resource, where)) : [];
  return [
    ...fetched(findKept("pods"), places.pods),
    ...fetched(findKept("persistentvolumeclaims"), places.claims),
    ...(places.claims.length > 0 ? fetched(findKept("persistentvolumes")) : []),
    ...orderedItems(plan).flatMap(({ groupResource }) => fetched(findKept(groupResource))),
    ...bindingPermissions(plan, findKept),
    ...definitionPermissions(plan),
  ];
}

/** A service account brings its bindings and their roles. */
function bindingPermissions(
  plan: BackupPlan,
  findKept: (groupResource: string) => ApiResource | undefined,
): Permission[] {
  if (!isListed("serviceaccounts", plan)) return [];
  const find = (resource: string): ApiResource[] => {
    const kept = findKept(`${resource}.${RBAC}`);
    return kept ? [kept] : [];
  };
  const bindings = ["rolebindings", "clusterrolebindings"].flatMap(find);
  const roles = ["roles", "clusterroles"].flatMap(find);
  return [
    ...bindings.flatMap((resource) => listOf(resource, plan.namespaces)),
    ...[...bindings, ...roles].flatMap((resource) => fetchedUnlessListed(resource, plan)),
  ];
}

/** A custom resource brings its definition, also where the filter has no cluster-scoped kinds. */
function definitionPermissions(plan: BackupPlan): Permission[] {
  const resource = plan.names.find(DEFINITIONS);
  const action = createCustomResourceAction();
  const isBrought =
    plan.resources.some((kind) => action.appliesTo(kind)) &&
    plan.request.spec.includeClusterResources !== false;
  if (!resource || !isBrought || plan.filter.excludes(resource)) return [];
  return fetchedUnlessListed(resource, plan);
}

/** What a list of the backup brings whole is left to that list. */
function fetchedUnlessListed(resource: ApiResource, plan: BackupPlan): Permission[] {
  const isWhole = plan.selectors.every((selector) => selector === undefined);
  if (isWhole && isListed(groupResourceOf(resource), plan)) return [];
  return rights(["get"], resource, placesOfKind(resource, everywhere(plan)));
}

function everywhere({ namespaces }: BackupPlan): readonly (string | undefined)[] {
  return namespaces.named ?? [undefined];
}

function isListed(groupResource: string, { resources }: BackupPlan): boolean {
  return resources.some((resource) => groupResourceOf(resource) === groupResource);
}
