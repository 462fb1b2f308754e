import type { VolumeRecord } from "../../api/backup-record.ts";
import { claimKey, type VolumePlan } from "../../volumes/claim-volume.ts";
import type { SettledSnapshot } from "../../volumes/snapshots/volume-snapshots.ts";
import type { CapturedVolume, CopiedVolume } from "./captured-volume.ts";

export type VolumeOutcome = {
  readonly captured: CapturedVolume;
  readonly snapshot: SettledSnapshot | undefined;
  readonly copy: CopiedVolume | undefined;
};

/** What became of a volume, as `kubectl-ark.json` keeps it. */
export function toVolumeRecord(outcome: VolumeOutcome): VolumeRecord {
  const { plan } = outcome.captured.volume;
  const { snapshot, copy } = outcome;
  return {
    claim: claimKey(plan),
    ...(plan.volume !== "" && { volume: plan.volume }),
    driver:
      (snapshot?.kind === "ready" ? snapshot.ready.content?.driver : undefined) ?? plan.driver,
    storageClass: plan.storageClass,
    ...resultOf(outcome),
    ...(snapshot && { snapshot: toSnapshotRecord(snapshot, plan) }),
    ...(copy?.kind === "copied" && { data: copy.data }),
  };
}

function resultOf({
  captured,
  snapshot,
  copy,
}: VolumeOutcome): Pick<VolumeRecord, "result" | "reason"> {
  const { method } = captured.volume.plan;
  if (captured.failure !== undefined) return { result: "failed", reason: captured.failure };
  if (snapshot?.kind === "failed") return { result: "failed", reason: snapshot.failure.message };
  if (copy?.kind === "failed") {
    return { result: "failed", reason: `its data was not copied: ${copy.reason}` };
  }
  if (method.kind === "none" && !copy) return { result: "skipped", reason: method.reason };
  if (copy?.isIncomplete) return { result: "failed", reason: "files could not be read" };
  return { result: "captured" };
}

function toSnapshotRecord(
  settled: SettledSnapshot,
  plan: VolumePlan,
): NonNullable<VolumeRecord["snapshot"]> {
  const { cut } = settled;
  const ready = settled.kind === "ready" ? settled.ready : undefined;
  return {
    name: cut.name ?? "",
    className: plan.method.kind === "snapshot" ? plan.method.className : undefined,
    contentName: ready?.content?.name,
    contentUid: ready?.content?.uid,
    handle: ready?.content?.handle,
    deletionPolicy: ready?.content?.deletionPolicy,
    restoreSizeBytes: ready?.restoreSizeBytes,
    requestTimestamp: cut.requestedAt.toISOString(),
    ...(cut.kind === "cut" && {
      cutTimestamp: cut.cutAt.toISOString(),
      creationTime: cut.creationTime,
    }),
    ...(ready && { readyTimestamp: ready.readyAt.toISOString() }),
  };
}
