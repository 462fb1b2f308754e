import { formatLabelSelector } from "../../lib/label-selector.ts";
import { resolveSpecHooks, type ResolvedResourceHook } from "../../hooks/from-spec.ts";
import { groupResourceOf } from "../../cluster/group-resource.ts";
import type { ApiResource, Cluster, Discovery } from "../../cluster/cluster.ts";
import { ArkError } from "../../lib/errors.ts";
import type { Finding } from "../backup-report.ts";
import type { BackupRequest } from "../backup-request.ts";
import { createResourceFilter, type ResourceFilter } from "./resource-filter.ts";
import { createResourceNames, type ResourceNames } from "./resource-names.ts";
import { resolveNamespaces, type NamespaceScope } from "./resolve-namespaces.ts";
import { resolveResources } from "./resolve-resources.ts";

/** Everything that is decided before the first object is read or the first hook runs. */
export type BackupPlan = {
  readonly request: BackupRequest;
  readonly names: ResourceNames;
  readonly filter: ResourceFilter;
  readonly namespaces: NamespaceScope;
  /** Kinds to list, in order; pods first where they are wanted at all. */
  readonly resources: readonly ApiResource[];
  /** One list for each; [undefined] when no selector was given. */
  readonly selectors: readonly (string | undefined)[];
  readonly specHooks: readonly ResolvedResourceHook[];
  readonly warnings: readonly Finding[];
};

/**
 * Resolves names against the cluster.
 * @throws ArkError InvalidDocument for anything that resolves to nothing; what `discover` throws
 */
export async function planBackup(
  request: BackupRequest,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<BackupPlan> {
  const discovery = await cluster.discover(signal);
  const names = createResourceNames(discovery);
  assertCanSnapshot(request, names);
  const { spec } = request;
  const namespaces = await resolveNamespaces(spec, cluster, namespaceResource(names), signal);
  const filter = createResourceFilter(spec, names, namespaces.everything);
  for (const kind of Object.keys(spec.orderedResources)) names.resolve(kind, "orderedResources");
  const specHooks = resolveSpecHooks(spec.hooks, (name) => {
    const found = names.find(name);
    return found && groupResourceOf(found);
  });
  return {
    request,
    names,
    filter,
    namespaces,
    resources: resolveResources(discovery, filter),
    selectors: selectorsOf(request),
    specHooks: request.hooks === false ? [] : specHooks,
    warnings: [...request.warnings.map((message) => ({ message })), ...brokenGroups(discovery)],
  };
}

/** As Ark without a provider: what cannot be had is refused before anything runs, not left out in silence. */
function assertCanSnapshot({ spec }: BackupRequest, names: ResourceNames): void {
  if (spec.snapshotVolumes !== true) return;
  if (names.find("volumesnapshots.snapshot.storage.k8s.io")) return;
  throw new ArkError("InvalidDocument", "snapshotVolumes: this cluster has no volume snapshots", {
    hint: "Install the CSI snapshot CRDs and controller, or copy the data with --volume-data instead.",
  });
}

function namespaceResource(names: ResourceNames): ApiResource {
  const found = names.find("namespaces");
  if (found) return found;
  throw new ArkError("ServerError", "the server does not list namespaces among its resources", {
    hint: "Check that the kubeconfig points at a Kubernetes API server.",
  });
}

function selectorsOf({ spec }: BackupRequest): (string | undefined)[] {
  const selectors = spec.labelSelector ? [spec.labelSelector] : spec.orLabelSelectors;
  if (selectors.length === 0) return [undefined];
  return selectors.map((selector) => formatLabelSelector(selector) || undefined);
}

function brokenGroups(discovery: Discovery): Finding[] {
  return discovery.failures.map(({ groupVersion, message }) => ({
    message: `API group ${groupVersion} did not answer, its objects are not in the backup: ${message}`,
    hint: "See `kubectl get apiservices` for what is broken.",
  }));
}
