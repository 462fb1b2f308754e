import type { VolumePlan } from "../../volumes/claim-volume.ts";
import type { VolumeRecord } from "../../api/backup-record.ts";

/** An entry of `<name>-volumeinfo.json.gz`; `pvName` is the key by which a Velero restore looks it up. */
export type VeleroVolumeInfo = Readonly<Record<string, unknown>>;

/** As Velero 1.18: without an entry a restore makes a volume with reclaim policy Retain a second time. */
export function toVeleroVolumeInfo(plan: VolumePlan, record: VolumeRecord): VeleroVolumeInfo {
  const { snapshot } = record;
  const place = {
    pvcName: plan.claim,
    pvcNamespace: plan.namespace,
    pvName: plan.volume,
    snapshotDataMoved: false,
    pvInfo: { reclaimPolicy: plan.reclaimPolicy ?? "Delete", labels: plan.volumeLabels },
  };
  // Without the content Velero finds no snapshot: to it, the volume has none. A copy that failed takes nothing from it.
  if (snapshot?.contentName === undefined) {
    const skippedReason = record.reason ?? "it has no CSI snapshot";
    return { ...place, preserveLocalSnapshot: false, skipped: true, skippedReason };
  }
  return {
    ...place,
    backupMethod: "CSISnapshot",
    preserveLocalSnapshot: true,
    skipped: false,
    startTimestamp: snapshot.requestTimestamp,
    completionTimestamp: snapshot.readyTimestamp,
    result: "succeeded",
    csiSnapshotInfo: {
      snapshotHandle: snapshot.handle,
      size: snapshot.restoreSizeBytes ?? 0,
      driver: record.driver,
      vscName: snapshot.contentName,
      operationID: "",
      ReadyToUse: true,
    },
  };
}
