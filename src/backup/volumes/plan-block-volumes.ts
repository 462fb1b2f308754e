import type { ApiResource, RawObject } from "../../cluster/cluster.ts";
import { forEachParallel } from "../../lib/bounded-parallel.ts";
import type { VolumePlan } from "../../volumes/claim-volume.ts";
import { planVolumes } from "../../volumes/plan-volumes.ts";
import type { BackupRequest } from "../backup-request.ts";
import type { BackupRun } from "../backup-run.ts";
import type { PlannedVolume } from "./captured-volume.ts";
import { collectItems } from "../items/collect-items.ts";
import type { PlannedPod } from "../blocks/group-items.ts";
import { skipReason } from "../items/item-sink.ts";

/** Whether a backup captures what volumes hold, as far as that is possible. */
export function wantsVolumes({ spec, volumeData }: BackupRequest): boolean {
  return spec.snapshotVolumes !== false || volumeData;
}

/**
 * How the volume of every claim of the backup is captured: of those that pods mount, and of those that stand alone (a
 * workload that is scaled to nothing). All is read before anything is frozen.
 * @throws ArkError InvalidDocument when the snapshot class that was asked for is not there; Cancelled
 */
export async function planBlockVolumes(
  pods: readonly PlannedPod[],
  run: BackupRun,
  signal: AbortSignal,
): Promise<PlannedVolume[]> {
  const { request, names, filter } = run.plan;
  const resource = names.find("persistentvolumeclaims");
  if (!wantsVolumes(request) || !resource || !filter.keeps(resource)) return [];
  const claims = await collectClaims(resource, pods, run, signal);
  if (claims.length === 0) return [];
  const isSnapshotted = request.spec.snapshotVolumes !== false;
  const plans = await planVolumes(
    claims,
    { snapshotClass: request.snapshotClass, annotations: request.annotations },
    {
      cluster: run.cluster,
      findResource: (groupResource) => names.find(groupResource),
      warn: (finding) => run.report.warn(finding),
    },
    signal,
  );
  return claims.flatMap((claim, index) => {
    const plan = plans[index];
    return plan ? [{ plan: isSnapshotted ? plan : withoutSnapshot(plan), claim }] : [];
  });
}

function withoutSnapshot(plan: VolumePlan): VolumePlan {
  return { ...plan, method: { kind: "none", reason: "snapshots were switched off" } };
}

/** Listed once; those that pods bring from outside of the selector are fetched by name. */
async function collectClaims(
  resource: ApiResource,
  pods: readonly PlannedPod[],
  run: BackupRun,
  signal: AbortSignal,
): Promise<RawObject[]> {
  const claims = new Map<string, RawObject>();
  const take = (raw: RawObject): void => {
    if (skipReason(raw)) return;
    claims.set(`${raw.metadata.namespace ?? ""}/${raw.metadata.name}`, raw);
  };
  try {
    for await (const items of collectItems(resource, run, signal)) items.forEach(take);
  } catch (error) {
    // The kind is listed once more for the archive, and that failure is in the report.
    if (signal.aborted) throw error;
  }
  const wanted = pods.flatMap(({ view: { namespace, claims: names } }) =>
    names.map((name) => ({ namespace, name })),
  );
  const missing = wanted.filter(({ namespace, name }) => !claims.has(`${namespace}/${name}`));
  const fetch = async (target: (typeof missing)[number]): Promise<void> => {
    try {
      take(await run.cluster.get(resource, target, signal));
    } catch (error) {
      // Reported when the pod that mounts it is captured.
      if (signal.aborted) throw error;
    }
  };
  await forEachParallel(missing, run.plan.request.parallelism, fetch, signal);
  return [...claims.values()];
}
