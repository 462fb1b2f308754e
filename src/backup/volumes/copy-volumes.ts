import type { Digest } from "../../archive/checksums.ts";
import { volumeDataFile } from "../../archive/layout.ts";
import type { KubernetesObject } from "../../cluster/cluster.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { forEachParallel } from "../../lib/bounded-parallel.ts";
import { messageOf } from "../../lib/errors.ts";
import { claimKey } from "../../volumes/claim-volume.ts";
import type { CopyOutcome, WriteContent } from "../../volumes/copies/volume-copies.ts";
import type { ReadySnapshot } from "../../volumes/snapshots/volume-snapshots.ts";
import type { BackupRun } from "../backup-run.ts";
import type { CopiedVolume, PlannedVolume, RunVolumes } from "./captured-volume.ts";
import { readPlannedPod } from "../blocks/read-planned-pod.ts";
import type { QuiescedPod } from "../blocks/run-pod-hooks.ts";

/**
 * Copies what cannot be snapshotted out of the pods that mount it, while they are quiesced. Never throws.
 * @returns by claim; volumes that are not copied here are not in it
 */
export async function copyFromPods(
  volumes: readonly PlannedVolume[],
  quiesced: readonly QuiescedPod[],
  run: BackupRun,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, CopiedVolume>> {
  const copied = new Map<string, CopiedVolume>();
  const wanted = volumes.filter(({ plan }) => plan.method.kind === "none" && plan.volume !== "");
  if (!run.volumes?.copies || wanted.length === 0) return copied;
  const copyOne = async (volume: PlannedVolume): Promise<void> => {
    copied.set(claimKey(volume.plan), await copyFromPod(volume, quiesced, run, signal));
  };
  // Each sees the signal for itself: nothing is thrown while pods are frozen.
  await forEachParallel(
    wanted,
    run.plan.request.parallelism,
    copyOne,
    new AbortController().signal,
  );
  return copied;
}

async function copyFromPod(
  { plan }: PlannedVolume,
  quiesced: readonly QuiescedPod[],
  run: BackupRun,
  signal: AbortSignal,
): Promise<CopiedVolume> {
  const pod = await readPodOf(plan, quiesced, run, signal);
  if (typeof pod === "string") return { kind: "failed", reason: pod };
  return copy({ plan, source: "pod" }, run, (copies, write) =>
    copies.copyFromPod({ plan, pod, write }, signal),
  );
}

/** @returns why there is none, as text */
async function readPodOf(
  plan: PlannedVolume["plan"],
  quiesced: readonly QuiescedPod[],
  run: BackupRun,
  signal: AbortSignal,
): Promise<KubernetesObject | string> {
  const resource = run.plan.names.find("pods");
  const mounts = ({ pod: { view } }: QuiescedPod): boolean =>
    view.namespace === plan.namespace &&
    view.phase === "Running" &&
    view.claims.includes(plan.claim);
  const found = quiesced.find(mounts);
  if (!resource || !found) return "no running pod mounts it";
  try {
    return parseRawObject(await readPlannedPod(found.pod.view, resource, run, signal));
  } catch (error) {
    return messageOf(error);
  }
}

/**
 * Copies the content of a snapshot that is ready. Never throws.
 * @param pods the block's, of which one may mount the claim
 */
export function copyFromSnapshot(
  { plan }: PlannedVolume,
  snapshot: ReadySnapshot & { readonly name: string },
  run: BackupRun,
  signal: AbortSignal,
): Promise<CopiedVolume> {
  const { name, restoreSizeBytes } = snapshot;
  return copy({ plan, source: "snapshot" }, run, async (copies, write) => {
    const pod = await findPodOf(plan, run, signal);
    return copies.copyFromSnapshot(
      { plan, snapshotName: name, restoreSizeBytes, pod, write },
      signal,
    );
  });
}

/** A pod that mounts the claim, for where and as whom the helper may run; without one it runs anywhere. */
async function findPodOf(
  { namespace, claim }: PlannedVolume["plan"],
  run: BackupRun,
  signal: AbortSignal,
): Promise<KubernetesObject | undefined> {
  const resource = run.plan.names.find("pods");
  const name = run.volumes?.mountedBy.get(claimKey({ namespace, claim }));
  if (!resource || name === undefined) return undefined;
  try {
    return parseRawObject(await run.cluster.get(resource, { namespace, name }, signal));
  } catch {
    return undefined;
  }
}

async function copy(
  { plan, source }: Pick<PlannedVolume, "plan"> & { readonly source: "pod" | "snapshot" },
  run: BackupRun,
  action: (copies: NonNullable<RunVolumes["copies"]>, write: WriteContent) => Promise<CopyOutcome>,
): Promise<CopiedVolume> {
  const { volumes } = run;
  if (!volumes?.copies) return { kind: "failed", reason: "volume data was not asked for" };
  const claim = claimKey(plan);
  const file = volumeDataFile(plan.namespace, plan.claim);
  const fromMs = run.clock.monotonicMs();
  let digest: Digest | undefined;
  const outcome = await action(volumes.copies, async (content) => {
    digest = await volumes.write(file, content);
  });
  if (outcome.kind !== "copied" || !digest) {
    const durationMs = run.clock.monotonicMs() - fromMs;
    const reason = outcome.kind === "copied" ? "nothing was written" : outcome.reason;
    const hint = outcome.kind === "copied" ? undefined : outcome.hint;
    run.observe({ kind: "copy-ended", claim, bytes: 0, durationMs, failed: reason });
    return { kind: "failed", reason, hint };
  }
  volumes.files[file] = digest;
  // Of the copy alone, as the record has it: with the helper's coming and going a rate would say nothing.
  const durationMs = Math.max(0, outcome.endedAt.getTime() - outcome.startedAt.getTime());
  run.observe({ kind: "copy-ended", claim, bytes: outcome.uncompressedBytes, durationMs });
  return { kind: "copied", isIncomplete: outcome.isIncomplete, data: toData(outcome) };

  function toData(copied: Extract<CopyOutcome, { kind: "copied" }>) {
    return {
      file,
      source,
      sizeBytes: digest?.sizeBytes ?? 0,
      uncompressedBytes: copied.uncompressedBytes,
      startTimestamp: copied.startedAt.toISOString(),
      endTimestamp: copied.endedAt.toISOString(),
      warnings: [...copied.warnings],
    };
  }
}
