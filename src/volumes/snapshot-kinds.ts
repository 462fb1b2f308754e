import type { ApiResource } from "../cluster/cluster.ts";

export const VOLUME_SNAPSHOTS = "volumesnapshots.snapshot.storage.k8s.io";
export const VOLUME_SNAPSHOT_CONTENTS = "volumesnapshotcontents.snapshot.storage.k8s.io";
export const VOLUME_SNAPSHOT_CLASSES = "volumesnapshotclasses.snapshot.storage.k8s.io";

/** The kinds of the snapshot API. */
export type SnapshotKinds = {
  readonly snapshots: ApiResource;
  readonly contents: ApiResource;
  readonly classes: ApiResource;
};

/** The snapshot API of the cluster; undefined when it has none (the CRDs are installed with the snapshot controller). */
export function findSnapshotKinds(
  findResource: (groupResource: string) => ApiResource | undefined,
): SnapshotKinds | undefined {
  const snapshots = findResource(VOLUME_SNAPSHOTS);
  const contents = findResource(VOLUME_SNAPSHOT_CONTENTS);
  const classes = findResource(VOLUME_SNAPSHOT_CLASSES);
  if (snapshots === undefined || contents === undefined || classes === undefined) return undefined;
  return { snapshots, contents, classes };
}
