import { groupResourceOf } from "../../cluster/group-resource.ts";
import type { ApiResource, Cluster } from "../../cluster/cluster.ts";
import { ArkError } from "../../lib/errors.ts";
import { systemClock } from "../../lib/system-clock.ts";
import type { LeftoverTools } from "../../volumes/snapshots/leftovers.ts";
import { openClientProcess } from "../compose.ts";

const SNAPSHOT_GROUP = "snapshot.storage.k8s.io/";

/**
 * What finding and removing snapshots needs of a cluster.
 * @throws ArkError as `Cluster.discover`; ServerError when the snapshot API is there and does not answer
 */
export async function snapshotTools(cluster: Cluster, signal: AbortSignal): Promise<LeftoverTools> {
  const { resources, failures } = await cluster.discover(signal);
  const broken = failures.find(({ groupVersion }) => groupVersion.startsWith(SNAPSHOT_GROUP));
  if (broken !== undefined) {
    const message = `the cluster's snapshot API ${broken.groupVersion} does not answer: ${broken.message}`;
    throw new ArkError("ServerError", message);
  }
  const byName = new Map<string, ApiResource>(
    resources.map((kind) => [groupResourceOf(kind), kind]),
  );
  return {
    cluster,
    clock: systemClock,
    clientProcess: openClientProcess(),
    findResource: (groupResource) => byName.get(groupResource),
  };
}

/** "prod (https://10.0.0.1:6443)" */
export function clusterName({
  context,
  server,
}: {
  readonly context: string;
  readonly server: string;
}): string {
  return context === "" ? server : `${context} (${server})`;
}
