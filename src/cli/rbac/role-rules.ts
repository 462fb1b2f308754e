import { compareVerbs, type Permission } from "../../backup/permissions/permission.ts";

/** A rule of a Role or ClusterRole. */
export type RoleRule = {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
};

type Kind = Pick<Permission, "group" | "resource" | "name"> & { readonly verbs: Set<string> };

/** One rule for the kinds of a group that share their verbs; those of the core group first. */
export function roleRules(permissions: readonly Permission[]): RoleRule[] {
  const kinds = new Map<string, Kind>();
  for (const { group, resource, name, verb } of permissions) {
    const key = [group, resource, name ?? ""].join(" ");
    const kind = kinds.get(key) ?? { group, resource, name, verbs: new Set() };
    kind.verbs.add(verb);
    kinds.set(key, kind);
  }
  const groups = Map.groupBy(kinds.values(), ({ group, name, verbs }) =>
    [group, name ?? "", ...sorted(verbs)].join(" "),
  );
  return [...groups.values()].map(toRule).toSorted(compareRules);
}

function toRule(kinds: readonly Kind[]): RoleRule {
  const [first] = kinds;
  return {
    apiGroups: [first?.group ?? ""],
    resources: kinds.map(({ resource }) => resource).toSorted(),
    ...(first?.name !== undefined && { resourceNames: [first.name] }),
    verbs: sorted(first?.verbs ?? []),
  };
}

function sorted(verbs: Iterable<string>): string[] {
  return [...verbs].toSorted(compareVerbs);
}

function compareRules(a: RoleRule, b: RoleRule): number {
  const [first, second] = [a, b].map(({ apiGroups, resources }) =>
    [...apiGroups, ...resources].join(" "),
  );
  if (first === second) return 0;
  return (first ?? "") < (second ?? "") ? -1 : 1;
}
