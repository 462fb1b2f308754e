import { groupResourceOf } from "../../cluster/group-resource.ts";
import type { ItemIdentifier } from "../actions/backup-item-action.ts";
import { findingFrom } from "../backup-report.ts";
import type { BackupRun } from "../backup-run.ts";
import { isSelected } from "./collect-items.ts";
import { orderedItems } from "../plan/ordered-resources.ts";
import type { BackupPlan } from "../plan/plan-backup.ts";

/**
 * Stores what orderedResources names of other kinds than pods, in its order, before the kinds are listed. It sets an
 * order and nothing else: what the filters leave out stays out (as Velero).
 */
export async function storeOrdered(run: BackupRun, signal: AbortSignal): Promise<void> {
  const wanted = orderedItems(run.plan).filter((item) => isInScope(item, run.plan));
  for (const { groupResource, namespace, name } of wanted) {
    const resource = run.plan.resources.find((kind) => groupResourceOf(kind) === groupResource);
    if (!resource) continue;
    try {
      const raw = await run.cluster.get(resource, { namespace, name }, signal);
      if (isSelected(raw, run.plan)) await run.items.storeListed({ resource, raw }, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      run.report.error(findingFrom(error, { groupResource, namespace, name }));
    }
  }
}

function isInScope({ groupResource, namespace, name }: ItemIdentifier, plan: BackupPlan): boolean {
  const scope = groupResource === "namespaces" ? name : namespace;
  return scope === undefined || plan.namespaces.shouldInclude(scope);
}
