import type { KubernetesObject, OwnerReference } from "../../cluster/cluster.ts";
import type { ClaimVolume } from "../claim-volume.ts";
import { ownedMetadata, type RunMark } from "../owned-labels.ts";
import { quantityBytes } from "../quantity-bytes.ts";

export type HelperClaimRequest = {
  readonly name: string;
  readonly plan: ClaimVolume;
  readonly snapshotName: string;
  readonly restoreSizeBytes: number | undefined;
  readonly mark: RunMark;
  /** The helper pod: when it goes, the claim goes, even if this client has died. */
  readonly owner: OwnerReference;
};

/** A claim that the snapshot's driver fills from the snapshot. */
export function helperClaim(request: HelperClaimRequest): KubernetesObject {
  const { name, plan, snapshotName, mark, owner } = request;
  const accessModes = plan.accessModes.length > 0 ? plan.accessModes : ["ReadWriteOnce"];
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name,
      namespace: plan.namespace,
      ...ownedMetadata(mark),
      ownerReferences: [owner],
    },
    spec: {
      accessModes,
      volumeMode: plan.volumeMode,
      ...(plan.storageClass !== undefined && { storageClassName: plan.storageClass }),
      resources: { requests: { storage: sizeOf(request) } },
      dataSource: {
        apiGroup: "snapshot.storage.k8s.io",
        kind: "VolumeSnapshot",
        name: snapshotName,
      },
    },
  };
}

/** Drivers refuse a claim smaller than the snapshot; a volume that was grown is larger than what was once asked for. */
function sizeOf({ plan, restoreSizeBytes = 0 }: HelperClaimRequest): string {
  const requestedBytes = quantityBytes(plan.requested) ?? 0;
  return restoreSizeBytes > requestedBytes ? String(restoreSizeBytes) : plan.requested;
}
