import type { ApiResource, Cluster, RawObject } from "../../cluster/cluster.ts";
import { groupResourceOf } from "../../cluster/group-resource.ts";
import { hasCode } from "../../lib/errors.ts";
import type { BackupItemAction, ItemIdentifier } from "../actions/backup-item-action.ts";
import { findingFrom } from "../backup-report.ts";
import type { RunReport } from "../observed.ts";
import type { ItemSink } from "./item-sink.ts";
import type { BackupPlan } from "../plan/plan-backup.ts";

/** Stores objects together with what must come along. */
export type ItemStorer = {
  /**
   * Stores the object and its additional items; failures of those are errors of their own, the object is kept.
   * Fetches also what some list will bring anyway: inside a block it is captured now.
   */
  storeWithAdditional(item: Item, signal: AbortSignal): Promise<void>;
  /** The same for an object out of a list: what another list of this backup brings is left to that list. */
  storeListed(item: Item, signal: AbortSignal): Promise<void>;
  /** Whether any action may name additional items for the kind: if not, `sink.store` is all there is to do. */
  bringsItemsAlong(resource: ApiResource): boolean;
};

export type Item = { readonly resource: ApiResource; readonly raw: RawObject };

export type ItemStorerTools = {
  readonly plan: BackupPlan;
  readonly cluster: Pick<Cluster, "get">;
  readonly sink: ItemSink;
  readonly report: RunReport;
  readonly actions: readonly BackupItemAction[];
};

export function createItemStorer(tools: ItemStorerTools): ItemStorer {
  const additionalOf = async (item: Item, signal: AbortSignal): Promise<ItemIdentifier[]> => {
    const actions = tools.actions.filter((action) => action.appliesTo(item.resource));
    const found = await Promise.all(actions.map((action) => action.additionalItems(item, signal)));
    return found.flat();
  };
  // A worklist, not recursion: claim → volume, account → binding → role are chains of any length.
  const storeByName = async (
    items: readonly ItemIdentifier[],
    signal: AbortSignal,
  ): Promise<void> => {
    const waiting = [...items];
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const item = await fetchWanted(next, tools, signal);
      if (item && tools.sink.store(item.resource, item.raw) === "stored") {
        waiting.push(...(await additionalOf(item, signal)));
      }
    }
  };
  return {
    bringsItemsAlong: (resource) => tools.actions.some((action) => action.appliesTo(resource)),
    async storeWithAdditional(item, signal) {
      if (tools.sink.store(item.resource, item.raw) !== "stored") return;
      await storeByName(await additionalOf(item, signal), signal);
    },
    async storeListed(item, signal) {
      if (tools.sink.store(item.resource, item.raw) !== "stored") return;
      const additional = await additionalOf(item, signal);
      await storeByName(
        additional.filter((wanted) => !isListed(wanted, tools.plan)),
        signal,
      );
    },
  };
}

/** The item, unless it is filtered out, stored already, or cannot be had (which is then in the report). */
async function fetchWanted(
  wanted: ItemIdentifier,
  tools: ItemStorerTools,
  signal: AbortSignal,
): Promise<Item | undefined> {
  const { plan, sink, cluster } = tools;
  const { namespace, name } = wanted;
  const resource = plan.names.find(wanted.groupResource);
  if (!resource || !isKept(wanted, resource, plan)) return undefined;
  if (sink.has(resource, namespace, name)) return undefined;
  try {
    return { resource, raw: await cluster.get(resource, { namespace, name }, signal) };
  } catch (error) {
    if (signal.aborted) throw error;
    reportUnreadable(wanted, error, tools);
    return undefined;
  }
}

/** Whether a list of this backup surely brings the item. */
function isListed(wanted: ItemIdentifier, plan: BackupPlan): boolean {
  const isWhole = plan.selectors.every((selector) => selector === undefined);
  return (
    isWhole && plan.resources.some((resource) => groupResourceOf(resource) === wanted.groupResource)
  );
}

function isKept(wanted: ItemIdentifier, resource: ApiResource, plan: BackupPlan): boolean {
  if (wanted.namespace !== undefined && !plan.namespaces.shouldInclude(wanted.namespace)) {
    return false;
  }
  // A custom resource is worth nothing without its definition: kept unless excluded by name (as Velero).
  if (resource.resource === "customresourcedefinitions") {
    return !plan.filter.excludes(resource) && plan.request.spec.includeClusterResources !== false;
  }
  return plan.filter.keeps(resource);
}

function reportUnreadable(
  wanted: ItemIdentifier,
  error: unknown,
  { plan, report }: ItemStorerTools,
): void {
  const { groupResource, namespace, name } = wanted;
  if (wanted.whenMissing === "ignore" && hasCode(error, "NotFound")) return;
  const isAuto = plan.request.spec.includeClusterResources === null;
  if (namespace === undefined && isAuto && hasCode(error, "Forbidden")) {
    // "Auto" means as far as it goes: someone with rights in one namespace only must be able to complete a backup of it.
    report.warnOnce(`forbidden ${groupResource}`, {
      message: `${groupResource} that come along are not in the backup: ${error.message}`,
      hint: "--include-cluster-resources=true makes this an error, =false leaves them out without a word.",
    });
    return;
  }
  report.error(findingFrom(error, { groupResource, namespace, name }));
}
