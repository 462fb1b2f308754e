import type { Permission } from "../../backup/permissions/permission.ts";
import { roleRules, type RoleRule } from "./role-rules.ts";
import type { Subject } from "./subjects.ts";

/** Objects that belong together, with what to say above them in YAML. */
export type RbacPart = {
  readonly comment: readonly string[];
  readonly objects: readonly unknown[];
};

export type RbacRequest = {
  readonly permissions: readonly Permission[];
  /** Namespaces that get a Role each; undefined: one ClusterRole for everything. */
  readonly namespaces: readonly string[] | undefined;
  /** Empty: a service account of `name` is made in `home`. */
  readonly subjects: readonly Subject[];
  readonly home: string;
  readonly name: string;
};

const API = "rbac.authorization.k8s.io/v1";
const SHOWN_NAMESPACES = 3;

/** Service account, roles and bindings, in an order in which they can be applied. */
export function rbacParts(request: RbacRequest): RbacPart[] {
  const { permissions, namespaces, subjects, home, name } = request;
  const made: Subject = { kind: "ServiceAccount", name, namespace: home };
  const bound = subjects.length > 0 ? subjects : [made];
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: home } };
  const accounts: RbacPart[] = subjects.length > 0 ? [] : [{ comment: [], objects: [account] }];
  if (namespaces === undefined) {
    const role = withRole("ClusterRole", { name }, roleRules(permissions), bound);
    return [...accounts, { comment: [], objects: role }];
  }
  const roles = namespaces.map((namespace) => ({
    comment: [],
    objects: withRole(
      "Role",
      { name, namespace },
      roleRules(inside(permissions, namespace)),
      bound,
    ),
  }));
  const shared = permissions.filter(({ namespace }) => namespace === undefined);
  const label = { name: `${name}-${shorten(namespaces)}` };
  const role = withRole("ClusterRole", label, roleRules(shared), bound);
  const rest = shared.length === 0 ? [] : [{ comment: lossesWithout(shared), objects: role }];
  return [...accounts, ...roles, ...rest];
}

function inside(permissions: readonly Permission[], wanted: string): Permission[] {
  return permissions.filter(({ namespace }) => namespace === wanted);
}

/** So that the roles for other namespaces are others. */
function shorten(namespaces: readonly string[]): string {
  const more = namespaces.length - SHOWN_NAMESPACES;
  const shown = namespaces.slice(0, SHOWN_NAMESPACES).join("-");
  return more > 0 ? `${shown}-and-${more}-more` : shown;
}

function withRole(
  kind: "Role" | "ClusterRole",
  metadata: { readonly name: string; readonly namespace?: string },
  rules: readonly RoleRule[],
  subjects: readonly Subject[],
): unknown[] {
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind, name: metadata.name };
  return [
    { apiVersion: API, kind, metadata, rules },
    { apiVersion: API, kind: `${kind}Binding`, metadata, roleRef, subjects },
  ];
}

const losses: readonly (readonly [resource: string, loss: string])[] = [
  [
    "persistentvolumes",
    "the volumes of claims are not stored, and a volume whose claim does not name its driver is not snapshotted",
  ],
  [
    "volumesnapshotcontents",
    "a snapshot lasts only as long as its namespace, and Velero cannot restore from it",
  ],
  [
    "volumesnapshotclasses",
    "the snapshot class is the driver's default or that of --snapshot-class",
  ],
  ["clusterrolebindings", "cluster-wide bindings of service accounts are not stored"],
  ["clusterroles", "the cluster roles that service accounts are bound to are not stored"],
  ["customresourcedefinitions", "the definitions of custom resources are not stored"],
];

function lossesWithout(permissions: readonly Permission[]): string[] {
  const named = new Set(permissions.map(({ resource }) => resource));
  const lost = losses.filter(([resource]) => named.has(resource)).map(([, loss]) => `- ${loss}`);
  const others = [...named].filter((name) => !losses.some(([resource]) => resource === name));
  const head = "What belongs to no namespace. It may be left out; without it:";
  return [head, ...lost, ...(others.length > 0 ? [`- not stored: ${others.join(", ")}`] : [])];
}
