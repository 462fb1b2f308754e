import type { ApiResource } from "../../cluster/cluster.ts";
import { forEachParallel } from "../../lib/bounded-parallel.ts";
import { findingFrom } from "../backup-report.ts";
import type { BackupRun } from "../backup-run.ts";
import { captureVolumes } from "../volumes/capture-volumes.ts";
import type { CapturedVolume } from "../volumes/captured-volume.ts";
import type { ItemBlock, PlannedPod } from "./group-items.ts";
import { unquiescedPods } from "./quiesce-block.ts";
import { readPlannedPod } from "./read-planned-pod.ts";
import type { QuiescedPod } from "./run-pod-hooks.ts";

export type BlockToCapture = {
  readonly block: ItemBlock;
  readonly quiesced: readonly QuiescedPod[];
  /** As quiesceBlock returns them. */
  readonly untried: readonly PlannedPod[];
  /** Filled with what became of the block's volumes, also when this throws. */
  readonly captured: CapturedVolume[];
};

/**
 * The capture step of a block, while its pods are quiesced: its volumes are cut, and meanwhile the pods read as they are
 * now, with what comes along. What cannot be captured is in the report.
 * @throws ArkError Cancelled
 */
export async function captureBlock(
  { block, quiesced, untried, captured }: BlockToCapture,
  run: BackupRun,
  signal: AbortSignal,
): Promise<void> {
  leaveOutFailed(quiesced, run);
  const missing = unquiescedPods(block, quiesced).filter((pod) => !untried.includes(pod));
  reportScope(block, missing, run);
  const volumes = captureVolumes(block, quiesced, run, signal);
  try {
    const fit = quiesced.filter(({ pre }) => !pre?.failed);
    // A scope has many pods, and all of them are frozen meanwhile; pods of one volume share what comes along.
    const atOnce = block.consistency === "pod" ? 1 : run.plan.request.parallelism;
    await capturePods({ pods: fit.map(({ pod }) => pod), atOnce }, run, signal);
  } finally {
    captured.push(...(await volumes));
  }
}

/** Stores pods as they are now, with what comes along. @throws ArkError Cancelled */
export async function capturePods(
  { pods, atOnce }: { readonly pods: readonly PlannedPod[]; readonly atOnce: number },
  run: BackupRun,
  signal: AbortSignal,
): Promise<void> {
  const resource = run.plan.names.find("pods");
  if (!resource) return;
  const capture = (pod: PlannedPod): Promise<void> => capturePod(pod, resource, run, signal);
  await forEachParallel(pods, atOnce, capture, signal);
}

/** One failure for the whole scope: a part of it is no point in time. */
function reportScope(block: ItemBlock, missing: readonly PlannedPod[], run: BackupRun): void {
  if (block.consistency === "pod" || block.volumes.length === 0) return;
  if (missing.length === 0) return;
  const pods = missing.map(({ view }) => `${view.namespace}/${view.name}`);
  const scope =
    block.consistency === "backup" ? "the backup" : `namespace ${pods[0]?.split("/")[0]}`;
  run.report.error({
    message: `no volume of ${scope} was captured (--consistency ${block.consistency}), because not all of its pods could be quiesced: ${pods.slice(0, 5).join(", ")}${pods.length > 5 ? ", …" : ""}`,
    hint: "Mend the hooks of these pods, or capture each pod by itself with --consistency pod.",
  });
}

/** Keeps the pods out of the backup whose pre hooks failed; those that were left out already are passed over. */
export function leaveOutFailed(quiesced: readonly QuiescedPod[], run: BackupRun): void {
  const resource = run.plan.names.find("pods");
  if (!resource) return;
  for (const { pod, pre } of quiesced) {
    const { namespace, name } = pod.view;
    if (!pre?.failed || run.sink.has(resource, namespace, name)) continue;
    leaveOut(pod, resource, run);
  }
}

/**
 * As Ark: a pod whose pre hook failed with Fail is not archived. What its volumes hold would be unquiesced, so it is not
 * captured either, also where another pod shares them; the claims themselves are stored with their kind.
 */
function leaveOut({ view }: PlannedPod, resource: ApiResource, run: BackupRun): void {
  const { namespace, name } = view;
  const claims = view.claims.map((claim) => `${namespace}/${claim}`);
  run.sink.leaveOut(resource, namespace, name);
  const data = `the data of ${claims.length === 1 ? "its claim" : "its claims"}`;
  const isWithout = claims.length === 0 ? "" : `, nor is ${data} (${claims.join(", ")})`;
  run.report.error({
    message: `the pod is not in the backup${isWithout}, because a pre hook failed`,
    groupResource: "pods",
    namespace,
    name,
    hint: "Mend the hook, or set its on-error to Continue to back the pod up all the same.",
  });
}

async function capturePod(
  { view }: PlannedPod,
  resource: ApiResource,
  run: BackupRun,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, name, uid } = view;
  try {
    const raw = await readPlannedPod({ namespace, name, uid }, resource, run, signal);
    await run.items.storeWithAdditional({ resource, raw }, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    run.report.error(findingFrom(error, { groupResource: "pods", namespace, name }));
  }
}
