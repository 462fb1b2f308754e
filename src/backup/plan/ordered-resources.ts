import { groupResourceOf } from "../../cluster/group-resource.ts";
import type { ItemIdentifier } from "../actions/backup-item-action.ts";
import type { BackupPlan } from "./plan-backup.ts";

/** "namespace/name" (or "name") → place in spec.orderedResources of the kind, from 0. */
export function orderedPlaces(
  plan: BackupPlan,
  groupResource: string,
): ReadonlyMap<string, number> {
  const names = orderedLists(plan).find((list) => list.groupResource === groupResource)?.names;
  return new Map((names ?? []).map((name, index) => [name, index]));
}

/** What orderedResources names of other kinds than pods, in its order: these are stored before their kind is listed. */
export function orderedItems(plan: BackupPlan): ItemIdentifier[] {
  return orderedLists(plan)
    .filter(({ groupResource }) => groupResource !== "pods")
    .flatMap(({ groupResource, names }) =>
      names.map((text) => ({ groupResource, ...splitName(text) })),
    );
}

function splitName(text: string): { namespace?: string; name: string } {
  const slash = text.indexOf("/");
  return slash < 0
    ? { name: text }
    : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}

function orderedLists(plan: BackupPlan): { groupResource: string; names: string[] }[] {
  return Object.entries(plan.request.spec.orderedResources).flatMap(([kind, names]) => {
    const resource = plan.names.find(kind);
    return resource ? [{ groupResource: groupResourceOf(resource), names: [...names] }] : [];
  });
}
