import { randomBytes } from "node:crypto";
import type { Cluster, KubernetesObject, RawObject } from "../../cluster/cluster.ts";
import { apiVersionOf } from "../../cluster/group-resource.ts";
import { type ArkError, hasCode } from "../../lib/errors.ts";
import type { SnapshotPlan } from "../claim-volume.ts";
import { ownedMetadata, type RunMark } from "../owned-labels.ts";
import type { SnapshotKinds } from "../snapshot-kinds.ts";

/** As a label's value is, which Velero makes of this name. */
const MAX_NAME_LENGTH = 63;
const PREFIX = "ark-";
/** No vowels and nothing that is misread, as Kubernetes' own generated names. */
const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
const RANDOM_LENGTH = 8;

/** "ark-data-db-0-x7k2m4q9": no two are the same. */
export function snapshotName(claim: string): string {
  const space = MAX_NAME_LENGTH - PREFIX.length - 1 - RANDOM_LENGTH;
  const cut = claim.slice(0, space).replace(/[^a-z0-9]+$/, "");
  const random = Array.from(randomBytes(RANDOM_LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]);
  return `${PREFIX}${cut}-${random.join("")}`;
}

/** How the snapshot controller names the content of a VolumeSnapshot of this uid; "" when there is no uid. */
export function dynamicContentName(uid: string): string {
  return uid === "" ? "" : `snapcontent-${uid}`;
}

export type CreateTools = {
  readonly cluster: Cluster;
  readonly kinds: SnapshotKinds;
  readonly mark: RunMark;
};

/**
 * Creates the VolumeSnapshot of a plan. When the answer is lost, it is looked for: it may be there all the same.
 * @throws ArkError as Cluster.create
 */
export async function createSnapshot(
  plan: SnapshotPlan,
  name: string,
  { cluster, kinds, mark }: CreateTools,
  signal: AbortSignal,
): Promise<RawObject> {
  const object = snapshotObject(plan, name, { kinds, mark });
  try {
    return await cluster.create(kinds.snapshots, object, {}, signal);
  } catch (error) {
    if (!hasCode(error, "ClusterUnreachable", "Timeout", "ServerError")) throw error;
    const target = { namespace: plan.namespace, name };
    return await cluster.get(kinds.snapshots, target, signal).catch(() => {
      throw error;
    });
  }
}

function snapshotObject(
  { namespace, claim, method }: SnapshotPlan,
  name: string,
  { kinds, mark }: Omit<CreateTools, "cluster">,
): KubernetesObject {
  const { className } = method;
  return {
    apiVersion: apiVersionOf(kinds.snapshots),
    kind: kinds.snapshots.kind,
    metadata: { name, namespace, ...ownedMetadata(mark) },
    spec: {
      ...(className !== undefined && { volumeSnapshotClassName: className }),
      source: { persistentVolumeClaimName: claim },
    },
  };
}

/** What to do about a refusal that no permission would change. */
export function refusalHint({ message, hint }: ArkError): string | undefined {
  if (hint !== undefined) return hint;
  if (message.includes("exceeded quota")) {
    return "Ask for a larger quota of VolumeSnapshots in this namespace, or remove old ones.";
  }
  const webhook = /admission webhook "([\w.-]+)"/.exec(message)?.[1];
  return webhook && `The cluster's admission webhook ${webhook} refuses it: ask whoever runs it.`;
}
