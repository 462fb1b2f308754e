import type { ApiResource } from "../cluster/cluster.ts";
import { findingFrom } from "./backup-report.ts";
import type { BackupRun } from "./backup-run.ts";
import type { PlannedPod } from "./group-items.ts";
import { readPlannedPod } from "./read-planned-pod.ts";
import type { QuiescedPod } from "./run-pod-hooks.ts";

/**
 * The capture step of a block, while its pods are quiesced: the pods as they are now, with their claims and volumes.
 * What cannot be captured is in the report.
 * @throws ArkError Cancelled
 */
export async function captureBlock(
  quiesced: readonly QuiescedPod[],
  run: BackupRun,
  signal: AbortSignal,
): Promise<void> {
  const resource = run.plan.names.find("pods");
  if (!resource) return;
  leaveOutFailed(quiesced, run);
  for (const { pod, pre } of quiesced) {
    if (!pre?.failed) await capturePod(pod, resource, run, signal);
  }
}

/** Keeps the pods out of the backup whose pre hooks failed; those that were left out already are passed over. */
export function leaveOutFailed(quiesced: readonly QuiescedPod[], run: BackupRun): void {
  const resource = run.plan.names.find("pods");
  if (!resource) return;
  const kept = quiesced.filter(({ pre }) => pre?.failed !== true);
  const claimsOfKept = new Set(kept.flatMap(({ pod }) => claimKeys(pod)));
  for (const { pod, pre } of quiesced) {
    const { namespace, name } = pod.view;
    if (!pre?.failed || run.sink.has(resource, namespace, name)) continue;
    const own = claimKeys(pod).filter((claim) => !claimsOfKept.has(claim));
    leaveOut(pod, own, resource, run);
  }
}

const claimKeys = ({ view }: PlannedPod): string[] =>
  view.claims.map((claim) => `${view.namespace}/${claim}`);

/**
 * As Ark: a pod whose pre hook failed with Fail is not archived. What its volumes hold would be unquiesced, so it is not
 * captured either; the claims themselves are stored with their kind.
 * @param claims those that no other pod of the block brings
 */
function leaveOut(
  { view }: PlannedPod,
  claims: readonly string[],
  resource: ApiResource,
  run: BackupRun,
): void {
  const { namespace, name } = view;
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
