import type { VolumeRecord } from "../../api/backup-record.ts";
import type { BackupRun } from "../backup-run.ts";
import type { VolumeOutcome } from "./volume-record.ts";

/**
 * Puts what went wrong with a volume into the report. A failure that belongs to the whole block is there already, and what
 * could not be captured at all is said once for all volumes.
 */
export function reportVolume(
  { captured, snapshot, copy, record }: VolumeOutcome & { readonly record: VolumeRecord },
  run: BackupRun,
): void {
  const { namespace, claim: name } = captured.volume.plan;
  const about = { groupResource: "persistentvolumeclaims", namespace, name };
  const { report } = run;
  const isOfBlock = captured.failure !== undefined;
  if (snapshot?.kind === "failed" && !isOfBlock) {
    const { message, hint, code } = snapshot.failure;
    report.error({ ...about, message: `its volume was not captured: ${message}`, hint, code });
  }
  if (snapshot?.kind === "ready" && snapshot.ready.warning) {
    report.warn({ ...about, ...snapshot.ready.warning });
  }
  if (copy?.kind === "failed") {
    report.error({ ...about, message: `its data was not copied: ${copy.reason}`, hint: copy.hint });
  }
  if (copy?.kind !== "copied") return;
  if (copy.isIncomplete)
    report.error({ ...about, message: `its copy lacks files that could not be read` });
  for (const message of record.data?.warnings ?? []) report.warn({ ...about, message });
}
