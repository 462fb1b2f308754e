import type { ApiResource, Cluster, ObjectName, OwnerReference } from "../cluster/cluster.ts";
import { hasCode } from "../lib/errors.ts";
import { type HookTarget, labelOf } from "./hook-target.ts";

/** Kinds whose pods' controller has a controller itself, which is the one that people know. */
const PASSED_THROUGH: Readonly<Record<string, string>> = {
  ReplicaSet: "replicasets.apps",
  Job: "jobs.batch",
};

export type ControllerFinder = (target: HookTarget) => Promise<OwnerReference | undefined>;

/**
 * Finds the workload that makes a pod: its Deployment rather than the ReplicaSet between, its CronJob rather than the Job.
 * Where the object between cannot be read, that one. Asks once for each of them.
 * @param find gives a resource by "replicasets.apps"
 */
export function createControllerFinder(
  cluster: Pick<Cluster, "get">,
  find: (groupResource: string) => ApiResource | undefined,
  signal: AbortSignal,
): ControllerFinder {
  const known = new Map<string, OwnerReference>();
  return async ({ controller, namespace }) => {
    const resource = find(PASSED_THROUGH[controller?.kind ?? ""] ?? "");
    if (controller === undefined || resource === undefined) return controller;
    const { uid, name } = controller;
    const found =
      known.get(uid) ?? (await readController(resource, { namespace, name })) ?? controller;
    known.set(uid, found);
    return found;
  };

  async function readController(
    resource: ApiResource,
    between: ObjectName,
  ): Promise<OwnerReference | undefined> {
    try {
      const { metadata } = await cluster.get(resource, between, signal);
      return metadata.ownerReferences?.find((owner) => owner.controller === true);
    } catch (error) {
      if (hasCode(error, "NotFound", "Forbidden")) return undefined;
      throw error;
    }
  }
}

/** "deployment.apps/db" */
export function labelOfOwner({ apiVersion, kind, name }: OwnerReference): string {
  const slash = apiVersion.indexOf("/");
  return labelOf(kind, slash < 0 ? "" : apiVersion.slice(0, slash), name);
}
