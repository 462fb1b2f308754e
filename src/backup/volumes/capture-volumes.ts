import { claimKey, isSnapshotPlan } from "../../volumes/claim-volume.ts";
import type { SnapshotCut } from "../../volumes/snapshots/volume-snapshots.ts";
import type { BackupRun } from "../backup-run.ts";
import type { CapturedVolume, PlannedVolume, RunVolumes } from "./captured-volume.ts";
import { copyFromPods } from "./copy-volumes.ts";
import type { ItemBlock, PlannedPod } from "../blocks/group-items.ts";
import { unquiescedPods } from "../blocks/quiesce-block.ts";
import type { QuiescedPod } from "../blocks/run-pod-hooks.ts";

/**
 * Cuts the snapshots of a block side by side, while its pods are quiesced; what cannot be snapshotted is copied in its
 * pod meanwhile, if the data is wanted. Volumes of a pod that is not quiesced are not captured. Never throws.
 * @returns one for each volume of the block
 */
export async function captureVolumes(
  block: ItemBlock,
  quiesced: readonly QuiescedPod[],
  run: BackupRun,
  signal: AbortSignal,
): Promise<readonly CapturedVolume[]> {
  const { volumes } = run;
  if (!volumes || block.volumes.length === 0) return [];
  const isUnfit = unfitClaims(block, quiesced);
  const fit = block.volumes.filter(({ plan }) => !isUnfit(claimKey(plan)));
  for (const volume of fit) hold(volume, run);
  const [cuts, copies] = await Promise.all([
    cutSnapshots(fit, volumes, run, signal),
    copyFromPods(fit, quiesced, run, signal),
  ]);
  return block.volumes.map((volume) => {
    const key = claimKey(volume.plan);
    if (isUnfit(key)) return { volume, failure: notQuiesced };
    return { volume, cut: cuts.get(key), copy: copies.get(key) };
  });
}

export const notQuiesced = "its pods were not quiesced as they should be";

/** In a wider scope a single pod that is not quiesced leaves no point in time that all volumes share. */
function unfitClaims(
  block: ItemBlock,
  quiesced: readonly QuiescedPod[],
): (claim: string) => boolean {
  const unfit = unquiescedPods(block, quiesced);
  if (block.consistency !== "pod") return () => unfit.length > 0;
  const claims = new Set(unfit.flatMap(claimKeysOf));
  return (claim) => claims.has(claim);
}

const claimKeysOf = ({ view }: PlannedPod): string[] =>
  view.claims.map((claim) => claimKey({ namespace: view.namespace, claim }));

/** A claim is stored when it is known what became of its snapshot: a restore believes its annotation. */
function hold({ plan }: PlannedVolume, run: BackupRun): void {
  const resource = run.plan.names.find("persistentvolumeclaims");
  if (!resource) return;
  run.sink.leaveOut(resource, plan.namespace, plan.claim);
  run.volumes?.held.add(claimKey(plan));
}

async function cutSnapshots(
  volumes: readonly PlannedVolume[],
  { snapshots }: RunVolumes,
  run: BackupRun,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SnapshotCut>> {
  const plans = volumes.map(({ plan }) => plan).filter(isSnapshotPlan);
  if (plans.length === 0) return new Map();
  const fromMs = run.clock.monotonicMs();
  const cuts = await snapshots.cut(plans, signal);
  for (const cut of cuts) observeCut(cut, fromMs, run);
  return new Map(cuts.map((cut) => [claimKey(cut.plan), cut]));
}

function observeCut(cut: SnapshotCut, fromMs: number, run: BackupRun): void {
  const claim = claimKey(cut.plan);
  const { namespace } = cut.plan;
  for (const name of [cut.name, cut.group]) {
    if (name !== undefined) run.sink.leaveOutSnapshot({ namespace, name });
  }
  run.log.write(cut.kind === "cut" ? "info" : "error", `snapshot ${cut.kind}`, {
    namespace,
    name: cut.plan.claim,
    snapshot: cut.name,
    reason: cut.kind === "failed" ? cut.message : undefined,
  });
  if (cut.kind === "failed") {
    run.observe({ kind: "snapshot-failed", claim, message: cut.message });
  } else {
    const afterMs = Math.max(0, cut.cutAt.getTime() - cut.requestedAt.getTime());
    run.observe({
      kind: "snapshot-cut",
      claim,
      afterMs: afterMs || run.clock.monotonicMs() - fromMs,
    });
  }
}
