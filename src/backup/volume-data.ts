import type { BackupRun } from "./backup-run.ts";
import type { ItemBlock } from "./group-items.ts";

/**
 * Says that what the claims hold is not in the backup, so that nobody learns it from a restore. Silent when the user
 * has said so with snapshotVolumes=false.
 */
export function warnAboutVolumeData(blocks: readonly ItemBlock[], run: BackupRun): void {
  const claims = blocks.flatMap((block) => block.claims);
  if (claims.length === 0 || run.plan.request.spec.snapshotVolumes === false) return;
  const shown = claims.slice(0, 5).join(", ");
  const more = claims.length > 5 ? ` and ${claims.length - 5} more` : "";
  run.report.warn({
    message: `the data of ${claims.length === 1 ? "this claim is" : "these claims is"} not in the backup, only the API objects are: ${shown}${more}`,
    hint: "Pass --snapshot-volumes=false to say that this is meant.",
  });
}
