import type { ApiResource, Cluster, OwnerReference } from "../../cluster/cluster.ts";
import { hasCode } from "../../lib/errors.ts";
import { createControllerFinder } from "../find-controller.ts";
import { HOOK_TARGET_KINDS, type HookTarget, readHookTarget } from "../hook-target.ts";

/** The workload whose pod template a pod comes from; undefined without one, or where it cannot be read. */
export type WorkloadFinder = (pod: HookTarget) => Promise<HookTarget | undefined>;

/** Asks once for each workload. @param find gives a resource by "replicasets.apps" */
export function createWorkloadFinder(
  cluster: Pick<Cluster, "get">,
  find: (groupResource: string) => ApiResource | undefined,
  signal: AbortSignal,
): WorkloadFinder {
  const findController = createControllerFinder(cluster, find, signal);
  const known = new Map<string, Promise<HookTarget | undefined>>();
  return async (pod) => {
    const owner = await findController(pod);
    const resource = owner && resourceOf(owner);
    if (owner === undefined || resource === undefined) return undefined;
    const workload = known.get(owner.uid) ?? read(owner, resource, pod.namespace);
    known.set(owner.uid, workload);
    return await workload;
  };

  function resourceOf({ kind, apiVersion }: OwnerReference): ApiResource | undefined {
    const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
    return HOOK_TARGET_KINDS.map(find).find(
      (resource) => resource?.kind === kind && resource.group === group,
    );
  }

  async function read(
    { uid, name }: OwnerReference,
    resource: ApiResource,
    namespace: string,
  ): Promise<HookTarget | undefined> {
    try {
      const object = await cluster.get(resource, { namespace, name }, signal);
      // One of the same name that came after it says nothing of this pod.
      return object.metadata.uid === uid ? readHookTarget(object, resource) : undefined;
    } catch (error) {
      if (hasCode(error, "NotFound", "Forbidden")) return undefined;
      throw error;
    }
  }
}
