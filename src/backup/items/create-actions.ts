import type { Cluster } from "../../cluster/cluster.ts";
import { groupResourceOf } from "../../cluster/group-resource.ts";
import { hasCode } from "../../lib/errors.ts";
import type { BackupItemAction } from "../actions/backup-item-action.ts";
import { createCustomResourceAction } from "../actions/custom-resource.ts";
import { persistentVolumeClaimAction } from "../actions/persistent-volume-claim.ts";
import { podAction } from "../actions/pod.ts";
import { createServiceAccountAction } from "../actions/service-account.ts";
import { findingFrom } from "../backup-report.ts";
import type { RunReport } from "../observed.ts";
import type { BackupPlan } from "../plan/plan-backup.ts";

/** The BackupItemActions of a backup, in the order in which they name additional items. */
export function createActions(
  plan: BackupPlan,
  cluster: Pick<Cluster, "list">,
  report: RunReport,
): BackupItemAction[] {
  const isAuto = plan.request.spec.includeClusterResources === null;
  return [
    podAction,
    persistentVolumeClaimAction,
    createCustomResourceAction(),
    createServiceAccountAction({
      cluster,
      findResource(groupResource) {
        const resource = plan.names.find(groupResource);
        return resource && plan.filter.keeps(resource) ? resource : undefined;
      },
      onUnreadable(groupResource, namespace, error) {
        // Said once, when the kind itself is listed.
        if (hasCode(error, "Forbidden") && isListed(groupResource, plan)) return;
        const finding = findingFrom(error, { groupResource, namespace });
        const isShared = namespace === undefined;
        if (isShared && isAuto && hasCode(error, "Forbidden")) report.warn(finding);
        else report.error(finding);
      },
    }),
  ];
}

function isListed(groupResource: string, plan: BackupPlan): boolean {
  return plan.resources.some((resource) => groupResourceOf(resource) === groupResource);
}
