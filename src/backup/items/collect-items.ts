import { groupResourceOf } from "../../cluster/group-resource.ts";
import type { ApiResource, ListOptions, RawObject } from "../../cluster/cluster.ts";
import { matchesLabels } from "../../lib/label-selector.ts";
import type { BackupRun } from "../backup-run.ts";
import type { BackupPlan } from "../plan/plan-backup.ts";

/**
 * Pages of the objects of a kind that pass the namespace filter: one list for all namespaces or one for each named
 * one, times the selectors. With several selectors an object may come twice; the sink keeps it once.
 */
export async function* collectItems(
  resource: ApiResource,
  run: BackupRun,
  signal: AbortSignal,
): AsyncIterable<readonly RawObject[]> {
  for (const options of listsOf(resource, run)) {
    for await (const page of run.cluster.list(resource, options, signal)) {
      if (page.warning !== undefined) {
        run.report.warn({ message: page.warning, groupResource: groupResourceOf(resource) });
      }
      yield resource.namespaced ? inScope(page.items, run) : page.items;
    }
  }
}

/** Whether an object that was fetched by name would stand in the lists: what the API does there, done here. */
export function isSelected({ metadata }: RawObject, { request }: BackupPlan): boolean {
  const { labelSelector, orLabelSelectors } = request.spec;
  const selectors = labelSelector ? [labelSelector] : orLabelSelectors;
  const labels = metadata.labels ?? {};
  return selectors.length === 0 || selectors.some((selector) => matchesLabels(selector, labels));
}

function listsOf(resource: ApiResource, { plan }: BackupRun): ListOptions[] {
  const namespaces = resource.namespaced ? (plan.namespaces.named ?? [undefined]) : [undefined];
  return namespaces.flatMap((namespace) =>
    plan.selectors.map((labelSelector) => ({ namespace, labelSelector })),
  );
}

function inScope(items: readonly RawObject[], { plan }: BackupRun): readonly RawObject[] {
  if (plan.namespaces.everything) return items;
  return items.filter((item) => plan.namespaces.shouldInclude(item.metadata.namespace ?? ""));
}
