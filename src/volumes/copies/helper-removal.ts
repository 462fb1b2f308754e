import type { ApiResource } from "../../cluster/cluster.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { hasCode, messageOf } from "../../lib/errors.ts";
import { withTimeLimit } from "../../lib/time-limit.ts";
import type { HelperObjects } from "./helper-objects.ts";
import { fieldsAt, textIn } from "../object-fields.ts";
import type { CopyTools } from "./volume-copies.ts";

const LIMIT_MS = 60_000;
const POLL_MS = 500;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 8000;

export type HelperRemoval = {
  /** What is still there, "pods namespace/name: why". */
  readonly left: readonly string[];
  /** A volume that its class keeps, say. */
  readonly warnings: readonly string[];
};

type RemovalTools = Pick<CopyTools, "cluster" | "clock" | "findResource">;

/** Removes pod, claim and volume, and waits until they are gone; 60 s at the most, whatever else aborts. Never throws. */
export async function removeHelper(
  objects: HelperObjects,
  tools: RemovalTools,
): Promise<HelperRemoval> {
  const warnings: string[] = [];
  const limit = { clock: tools.clock, limitMs: LIMIT_MS, what: "it was not gone" };
  const remove = async (groupResource: string): Promise<string[]> => {
    const resource = tools.findResource(groupResource);
    if (resource === undefined) return [];
    try {
      await withTimeLimit(limit, new AbortController().signal, (signal) =>
        removeObject(resource, objects, tools, signal),
      );
      return [];
    } catch (error) {
      return [`${groupResource} ${objects.namespace}/${objects.name}: ${messageOf(error)}`];
    }
  };
  warnings.push(...(await releaseVolume(objects, tools)));
  const left = await Promise.all([remove("pods"), remove("persistentvolumeclaims")]);
  return { left: left.flat(), warnings };
}

async function removeObject(
  resource: ApiResource,
  { namespace, name }: HelperObjects,
  { cluster, clock }: RemovalTools,
  signal: AbortSignal,
): Promise<void> {
  const target = { namespace, name };
  await patiently(clock, signal, () => cluster.delete(resource, target, signal));
  try {
    while (true) {
      await patiently(clock, signal, () => cluster.get(resource, target, signal));
      await clock.sleep(POLL_MS, signal);
    }
  } catch (error) {
    if (!hasCode(error, "NotFound")) throw error;
  }
}

/** Tries again what may get better by itself. */
async function patiently<T>(
  clock: CopyTools["clock"],
  signal: AbortSignal,
  action: () => Promise<T>,
): Promise<T> {
  for (let delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(MAX_RETRY_MS, 2 * delayMs)) {
    try {
      return await action();
    } catch (error) {
      const isTransient = hasCode(
        error,
        "ClusterUnreachable",
        "Timeout",
        "ServerError",
        "Conflict",
      );
      if (!isTransient || signal.aborted) throw error;
      await clock.sleep(delayMs, signal);
    }
  }
}

/**
 * A class with reclaimPolicy Retain would keep the helper's volume for good, with all that it costs.
 * @returns a warning when that is so and cannot be changed
 */
async function releaseVolume(objects: HelperObjects, tools: RemovalTools): Promise<string[]> {
  const volumes = tools.findResource("persistentvolumes");
  const claims = tools.findResource("persistentvolumeclaims");
  if (volumes === undefined || claims === undefined) return [];
  const { cluster, clock } = tools;
  let name: string | undefined;
  try {
    const limit = { clock, limitMs: LIMIT_MS / 4, what: "there was no answer" };
    await withTimeLimit(limit, new AbortController().signal, async (signal) => {
      const claim = await cluster.get(claims, objects, signal);
      const volumeName = textIn(fieldsAt(parseRawObject(claim), "spec"), "volumeName");
      if (volumeName === undefined) return;
      const target = { name: volumeName };
      const volume = fieldsAt(parseRawObject(await cluster.get(volumes, target, signal)), "spec");
      if (textIn(volume, "persistentVolumeReclaimPolicy") !== "Retain") return;
      name = volumeName;
      const patch = { spec: { persistentVolumeReclaimPolicy: "Delete" } };
      await cluster.patch({ resource: volumes, target, type: "merge", patch }, signal);
    });
    return [];
  } catch (error) {
    if (name === undefined) return [];
    return [
      `volume ${name} of the helper stays, since its class retains volumes: ${messageOf(error)}`,
    ];
  }
}
