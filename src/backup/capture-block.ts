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
  for (const { pod, pre } of quiesced) {
    if (pre?.failed) leaveOut(pod, resource, run);
    else await capturePod(pod, resource, run, signal);
  }
}

/** As Ark: a pod whose pre hook failed with Fail is not archived. Its volumes would be unquiesced, so they are not captured either. */
function leaveOut({ view }: PlannedPod, resource: ApiResource, run: BackupRun): void {
  const { namespace, name } = view;
  run.sink.leaveOut(resource, namespace, name);
  const volumes = view.claims.join(", ");
  const isWithout = volumes === "" ? "" : ` and its volumes (${volumes}) are not captured`;
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
