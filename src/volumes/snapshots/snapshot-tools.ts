import type { ApiResource, Cluster } from "../../cluster/cluster.ts";
import type { Clock } from "../../lib/clock.ts";

/** What reading and removing snapshots needs. */
export type SnapshotTools = {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** By its name in discovery ("volumesnapshots.snapshot.storage.k8s.io"); undefined when the cluster has no such kind. */
  readonly findResource: (groupResource: string) => ApiResource | undefined;
};
