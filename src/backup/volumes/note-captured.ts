import { isSnapshotPlan } from "../../volumes/claim-volume.ts";
import type { BackupRun } from "../backup-run.ts";
import { notQuiesced } from "./capture-volumes.ts";
import type { CapturedVolume } from "./captured-volume.ts";
import type { FreezeWindow } from "../blocks/freeze-window.ts";
import type { ItemBlock } from "../blocks/group-items.ts";
import { mayHaveThawedEarly } from "../blocks/guard-reports.ts";
import type { QuiescedPod } from "../blocks/run-pod-hooks.ts";

export type BlockCapture = {
  readonly block: ItemBlock;
  readonly quiesced: readonly QuiescedPod[];
  readonly captured: readonly CapturedVolume[];
};

/**
 * Hands the volumes of a block that was thawed on, to be settled. Where the freeze may have ended before the cut (a
 * broken window, a guard that thawed early), they count as failed, and their snapshots are removed: a restore must not
 * find what was not quiesced. The pods' own errors say why.
 */
export function noteCaptured(capture: BlockCapture, window: FreezeWindow, run: BackupRun): void {
  const { block, captured, quiesced } = capture;
  const guards = quiesced.flatMap(({ guardReports }) => guardReports);
  const isDoubtful = window.broken() !== undefined || guards.some(mayHaveThawedEarly);
  for (const volume of block.volumes) {
    const found = captured.find((one) => one.volume === volume);
    const failure = found ? (found.failure ?? (isDoubtful ? mayBeThawed : undefined)) : notQuiesced;
    const isWanted = isSnapshotPlan(volume.plan) || run.volumes?.copies !== undefined;
    run.volumes?.captured.push({ volume, ...found, failure: isWanted ? failure : undefined });
  }
}

const mayBeThawed = "its pods may have been thawed before it was captured";
