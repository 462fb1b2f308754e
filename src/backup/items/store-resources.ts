import type { ApiResource, RawObject } from "../../cluster/cluster.ts";
import { groupResourceOf } from "../../cluster/group-resource.ts";
import { forEachParallel } from "../../lib/bounded-parallel.ts";
import { hasCode } from "../../lib/errors.ts";
import { findingFrom } from "../backup-report.ts";
import type { BackupRun } from "../backup-run.ts";
import { collectItems, isSelected } from "./collect-items.ts";
import { storeOrdered } from "./store-ordered.ts";

/** Kinds in a row that could not be read before the rest is given up: the server is gone, and each try costs its retries. */
const unreachableLimit = 5;

/** Lists every kind of the plan (pods were listed for the blocks), several at once, and stores what is new. */
export async function storeResources(run: BackupRun, signal: AbortSignal): Promise<void> {
  await storeOrdered(run, signal);
  const resources = run.plan.resources.filter((resource) => groupResourceOf(resource) !== "pods");
  const unread: string[] = [];
  let unreachable = 0;
  let index = 0;
  const storeOne = async (resource: ApiResource): Promise<void> => {
    const groupResource = groupResourceOf(resource);
    if (unreachable >= unreachableLimit) return void unread.push(groupResource);
    run.observe({ kind: "resource-started", groupResource, index, total: resources.length });
    index += 1;
    try {
      await storeResource(resource, run, signal);
      unreachable = 0;
    } catch (error) {
      if (signal.aborted || hasCode(error, "StoreUnavailable", "Internal")) throw error;
      unreachable = isUnreachable(error) ? unreachable + 1 : 0;
      // A kind that vanished between discovery and list (a deleted definition) has no objects.
      if (hasCode(error, "NotFound")) run.log.write("info", "resource is gone", { groupResource });
      else run.report.error(findingFrom(error, { groupResource }));
    }
  };
  await forEachParallel(resources, run.plan.request.parallelism, storeOne, signal);
  if (unread.length > 0) {
    run.report.error({
      message: `given up after ${unreachableLimit} kinds in a row could not be read; not tried: ${unread.join(", ")}`,
      code: "ClusterUnreachable",
    });
  }
}

const isUnreachable = (error: unknown): boolean => hasCode(error, "ClusterUnreachable", "Timeout");

async function storeResource(
  resource: ApiResource,
  run: BackupRun,
  signal: AbortSignal,
): Promise<void> {
  const isNamespaces = groupResourceOf(resource) === "namespaces";
  const pages =
    isNamespaces && run.plan.namespaces.named
      ? namedNamespaces(resource, run.plan.namespaces.named, run, signal)
      : collectItems(resource, run, signal);
  const bringsAlong = run.items.bringsItemsAlong(resource);
  for await (const items of pages) {
    for (const raw of items) {
      if (isNamespaces && !run.plan.namespaces.shouldInclude(raw.metadata.name)) continue;
      if (bringsAlong) await run.items.storeListed({ resource, raw }, signal);
      else run.sink.store(resource, raw);
    }
    await run.sink.drained();
    const groupResource = groupResourceOf(resource);
    run.observe({ kind: "items-stored", groupResource, total: run.sink.total() });
  }
}

/** As Ark 0.8.1: with an explicit list each namespace object is fetched by name and must match the selector. */
async function* namedNamespaces(
  resource: ApiResource,
  names: readonly string[],
  run: BackupRun,
  signal: AbortSignal,
): AsyncIterable<readonly RawObject[]> {
  for (const name of names) {
    try {
      const raw = await run.cluster.get(resource, { name }, signal);
      if (isSelected(raw, run.plan)) yield [raw];
    } catch (error) {
      if (signal.aborted || isUnreachable(error)) throw error;
      reportNamespace(name, error, run);
    }
  }
}

function reportNamespace(name: string, error: unknown, run: BackupRun): void {
  const finding = findingFrom(error, { groupResource: "namespaces", name });
  // Rights in a namespace need not include reading the Namespace object; a restore makes a bare one.
  const isAuto = run.plan.request.spec.includeClusterResources !== true;
  if (isAuto && hasCode(error, "Forbidden")) run.report.warn(finding);
  else run.report.error(finding);
}
