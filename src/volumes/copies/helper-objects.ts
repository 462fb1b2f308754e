import type { KubernetesObject } from "../../cluster/cluster.ts";
import { hasCode } from "../../lib/errors.ts";
import { helperClaim } from "./helper-claim.ts";
import { helperPod } from "./helper-pod.ts";
import { resourceNamed } from "./helper-resources.ts";
import { type HelperUser, isSecurityRefusal } from "./helper-security.ts";
import type { CopyTools, SnapshotCopyRequest } from "./volume-copies.ts";

/** A helper pod and its claim, which have the same name. Either may not exist (any more). */
export type HelperObjects = { readonly namespace: string; readonly name: string };

/**
 * Makes the pod first: where it is refused, no volume is made for nothing. The claim belongs to it, so that the claim
 * goes with the pod whoever removes that.
 * @returns as whom the pod runs
 * @throws ArkError what the API server refuses (a quota, a policy, a missing permission)
 */
export async function createHelper(
  objects: HelperObjects,
  request: SnapshotCopyRequest,
  tools: CopyTools,
  signal: AbortSignal,
): Promise<HelperUser> {
  const { cluster, mark } = tools;
  const { user, uid } = await createPod(objects, request, tools, signal);
  const owner = { apiVersion: "v1", kind: "Pod", name: objects.name, uid };
  const { plan, snapshotName, restoreSizeBytes } = request;
  const claim = helperClaim({
    name: objects.name,
    plan,
    snapshotName,
    restoreSizeBytes,
    mark,
    owner,
  });
  await cluster.create(resourceNamed("persistentvolumeclaims", tools), claim, {}, signal);
  return user;
}

async function createPod(
  objects: HelperObjects,
  { pod: source }: SnapshotCopyRequest,
  tools: CopyTools,
  signal: AbortSignal,
): Promise<{ readonly user: HelperUser; readonly uid: string }> {
  const { cluster, mark, helper } = tools;
  const pods = resourceNamed("pods", tools);
  const podOf = (user: HelperUser): KubernetesObject =>
    helperPod({ ...objects, claim: objects.name, mark, helper, source, user });
  const create = async (user: HelperUser) => {
    const { metadata } = await cluster.create(pods, podOf(user), {}, signal);
    return { user, uid: metadata.uid ?? "" };
  };
  try {
    return await create("root");
  } catch (error) {
    if (!hasCode(error, "Forbidden", "RequestRejected") || !isSecurityRefusal(error.message)) {
      throw error;
    }
    return create("source");
  }
}
