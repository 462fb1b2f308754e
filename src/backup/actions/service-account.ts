import type { ApiResource, Cluster, KubernetesObject } from "../../cluster/cluster.ts";
import { groupResourceOf } from "../../cluster/group-resource.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import type { BackupItemAction, ItemIdentifier } from "./backup-item-action.ts";

const rbac = "rbac.authorization.k8s.io";

type Subject = { readonly kind?: string; readonly name?: string; readonly namespace?: string };
type Binding = KubernetesObject & {
  readonly subjects?: readonly Subject[] | null;
  readonly roleRef?: { readonly kind?: string; readonly name?: string };
};
/** "namespace/service-account" → the bindings that name it, and their roles. */
type BindingIndex = ReadonlyMap<string, readonly ItemIdentifier[]>;

export type ServiceAccountTools = {
  readonly cluster: Pick<Cluster, "list">;
  findResource(groupResource: string): ApiResource | undefined;
  /** Bindings that could not be read. Called once for each list. */
  onUnreadable(groupResource: string, namespace: string | undefined, error: unknown): void;
};

/**
 * A service account brings the bindings that name it and the roles they refer to, of its namespace and of the cluster
 * (Velero since 0.9 brings the cluster's). Each list is read once, when the first account needs it.
 */
export function createServiceAccountAction(tools: ServiceAccountTools): BackupItemAction {
  const indexes = new Map<string, Promise<BindingIndex>>();
  const indexOf = (namespace: string | undefined, signal: AbortSignal): Promise<BindingIndex> => {
    const key = namespace ?? "";
    const index = indexes.get(key) ?? indexBindings(tools, namespace, signal);
    indexes.set(key, index);
    return index;
  };
  return {
    appliesTo: (resource) => groupResourceOf(resource) === "serviceaccounts",
    async additionalItems({ raw }, signal) {
      const { namespace, name } = raw.metadata;
      const key = `${namespace}/${name}`;
      const [own, shared] = await Promise.all([
        indexOf(namespace, signal),
        indexOf(undefined, signal),
      ]);
      return [...(own.get(key) ?? []), ...(shared.get(key) ?? [])];
    },
  };
}

async function indexBindings(
  tools: ServiceAccountTools,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<BindingIndex> {
  const groupResource = `${namespace === undefined ? "cluster" : ""}rolebindings.${rbac}`;
  const resource = tools.findResource(groupResource);
  const index = new Map<string, ItemIdentifier[]>();
  if (!resource) return index;
  try {
    for await (const page of tools.cluster.list(resource, { namespace }, signal)) {
      for (const raw of page.items) addBinding(index, groupResource, parseRawObject<Binding>(raw));
    }
  } catch (error) {
    if (signal.aborted) throw error;
    tools.onUnreadable(groupResource, namespace, error);
  }
  return index;
}

function addBinding(
  index: Map<string, ItemIdentifier[]>,
  groupResource: string,
  { metadata, subjects, roleRef }: Binding,
): void {
  const items: ItemIdentifier[] = [
    { groupResource, namespace: metadata.namespace, name: metadata.name },
  ];
  if (roleRef?.kind === "ClusterRole" && roleRef.name) {
    items.push({ groupResource: `clusterroles.${rbac}`, name: roleRef.name });
  } else if (roleRef?.name && metadata.namespace !== undefined) {
    const { namespace } = metadata;
    items.push({ groupResource: `roles.${rbac}`, namespace, name: roleRef.name });
  }
  for (const subject of subjects ?? []) {
    if (subject.kind !== "ServiceAccount") continue;
    const key = `${subject.namespace ?? metadata.namespace}/${subject.name}`;
    index.set(key, [...(index.get(key) ?? []), ...items]);
  }
}
