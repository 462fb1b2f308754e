import type { ApiResource, RawObject } from "../../cluster/cluster.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { toPodView, type PodView } from "../../hooks/pod-view.ts";
import { ArkError } from "../../lib/errors.ts";
import { findingFrom } from "../backup-report.ts";
import type { BackupRun } from "../backup-run.ts";
import type { PlannedPod } from "./group-items.ts";

/**
 * The pod as it is now.
 * @throws ArkError Conflict when another pod has taken the name (a StatefulSet's pod that was replaced): no hook was
 * planned for it, or none has run in it; what `get` throws
 */
export async function readPlannedPod(
  { namespace, name, uid }: Pick<PodView, "namespace" | "name" | "uid">,
  resource: ApiResource,
  run: BackupRun,
  signal: AbortSignal,
): Promise<RawObject> {
  const raw = await run.cluster.get(resource, { namespace, name }, signal);
  if (raw.metadata.uid === uid) return raw;
  throw new ArkError("Conflict", "the pod was replaced by a new one while the backup ran", {
    hint: "Take another backup once the workload has settled.",
  });
}

/**
 * The planned pod with its state of now: long lists and earlier blocks may lie between the plan and its hooks.
 * @returns undefined when the pod is gone or replaced, which is then in the report
 */
export async function refreshPod(
  pod: PlannedPod,
  run: BackupRun,
  signal: AbortSignal,
): Promise<PlannedPod | undefined> {
  const resource = run.plan.names.find("pods");
  const hasHooks = pod.hooks.pre.length + pod.hooks.post.length > 0;
  if (!resource || !hasHooks) return pod;
  try {
    const raw = await readPlannedPod(pod.view, resource, run, signal);
    return { ...pod, view: toPodView(parseRawObject(raw)) };
  } catch (error) {
    if (signal.aborted) return undefined;
    const { namespace, name } = pod.view;
    run.report.error(findingFrom(error, { groupResource: "pods", namespace, name }));
    return undefined;
  }
}
