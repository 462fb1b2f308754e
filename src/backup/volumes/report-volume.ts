import type { VolumeRecord } from "../../api/backup-record.ts";
import type { BackupRun } from "../backup-run.ts";
import { claimKey } from "../../volumes/claim-volume.ts";
import type { SettledSnapshot } from "../../volumes/snapshots/volume-snapshots.ts";
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
  if (copy?.kind === "failed") {
    report.error({ ...about, message: `its data was not copied: ${copy.reason}`, hint: copy.hint });
  }
  if (copy?.kind !== "copied") return;
  if (copy.isIncomplete)
    report.error({ ...about, message: `its copy lacks files that could not be read` });
  for (const message of record.data?.warnings ?? []) report.warn({ ...about, message });
}

/** How many claims a warning names. */
const NAMED = 5;

/** Snapshots that could not be kept for good, said once: whoever lacks the right for one lacks it for all. */
export function reportUnkept(outcomes: readonly SettledSnapshot[], { report }: BackupRun): void {
  const unkept = outcomes.flatMap((outcome) => {
    const warning = outcome.kind === "ready" ? outcome.ready.warning : undefined;
    return warning ? [{ plan: outcome.cut.plan, warning }] : [];
  });
  const [first, ...others] = unkept;
  if (!first) return;
  const { namespace, claim: name } = first.plan;
  const named = others.slice(0, NAMED).map(({ plan }) => claimKey(plan));
  const more = others.length > NAMED ? `, and ${others.length - NAMED} more` : "";
  const same = others.length === 0 ? "" : `; the same holds for ${named.join(", ")}${more}`;
  const { message, hint } = first.warning;
  const about = { groupResource: "persistentvolumeclaims", namespace, name };
  report.warn({ ...about, message: `${message}${same}`, hint });
}
