import { groupResourceOf } from "../../cluster/group-resource.ts";
import { compareVerbs, type Permission } from "./permission.ts";

const SHOWN_KINDS = 10;
const SHOWN_NAMESPACES = 3;

/**
 * Rights as a line: "in namespace shop: list secrets, configmaps; create pods/exec; at the cluster scope: …". Many kinds, and
 * many namespaces that lack the same, are counted.
 */
export function describePermissions(permissions: readonly Permission[]): string {
  const places = Map.groupBy(permissions, ({ namespace }) => namespace);
  const lacking = [...places].map(([namespace, some]) => ({
    namespace,
    what: describeVerbs(some),
  }));
  const alike = Map.groupBy(lacking, ({ namespace, what }) =>
    namespace === undefined ? `cluster ${what}` : what,
  );
  return [...alike.values()]
    .map((group) => {
      const namespaces = group.flatMap(({ namespace }) => namespace ?? []);
      return `${describePlace(namespaces)}: ${group[0]?.what ?? ""}`;
    })
    .join("; ");
}

function describeVerbs(permissions: readonly Permission[]): string {
  return [...Map.groupBy(permissions, ({ verb }) => verb)]
    .toSorted(([a], [b]) => compareVerbs(a, b))
    .map(([verb, some]) => `${verb} ${shortList(kindsOf(some), SHOWN_KINDS)}`)
    .join("; ");
}

function kindsOf(permissions: readonly Permission[]): string[] {
  return [...new Set(permissions.map(groupResourceOf))];
}

function describePlace(namespaces: readonly string[]): string {
  if (namespaces.length === 0) return "at the cluster scope";
  const noun = namespaces.length === 1 ? "namespace" : "namespaces";
  return `in ${noun} ${shortList(namespaces, SHOWN_NAMESPACES)}`;
}

function shortList(words: readonly string[], shown: number): string {
  const more = words.length - shown;
  const list = words.slice(0, shown).join(", ");
  return more > 0 ? `${list} and ${more} more` : list;
}
