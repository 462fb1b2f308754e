import { isSnapshotPlan } from "../../volumes/claim-volume.ts";
import type { BackupRun } from "../backup-run.ts";
import type { ItemBlock } from "../blocks/group-items.ts";

/** How many claims a message names. */
const NAMED = 5;

/**
 * Says which claims' data is not in the backup because it cannot be captured, so that nobody learns it from a restore. An
 * error when snapshots were asked for (snapshotVolumes=true), silent when the user has said that none are meant.
 */
export function reportUncapturable(blocks: readonly ItemBlock[], run: BackupRun): void {
  const { spec, volumeData } = run.plan.request;
  if (spec.snapshotVolumes === false && !volumeData) return;
  const lacking = blocks.flatMap(({ volumes }) =>
    // With volume data the others are copied, or it is an error that they cannot be.
    volumes.filter(({ plan }) => !isSnapshotPlan(plan) && (!volumeData || plan.volume === "")),
  );
  if (lacking.length === 0) return;
  const described = lacking.map(
    ({ plan }) =>
      `${plan.namespace}/${plan.claim} (${plan.method.kind === "none" ? plan.method.reason : ""})`,
  );
  const more = described.length > NAMED ? ` and ${described.length - NAMED} more` : "";
  const data = described.length === 1 ? "the data of this claim is" : "the data of these claims is";
  const finding = {
    message: `${data} not in the backup: ${described.slice(0, NAMED).join(", ")}${more}`,
    hint: "--volume-data copies it into the store; --snapshot-volumes=false says that the API objects are enough.",
  };
  if (spec.snapshotVolumes === true) run.report.error(finding);
  else run.report.warn(finding);
}
