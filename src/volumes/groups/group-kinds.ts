import type { ApiResource, RawObject } from "../../cluster/cluster.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { fieldsAt, textIn } from "../object-fields.ts";
import type { ClassMarks } from "../snapshot-classes.ts";

export const VOLUME_GROUP_SNAPSHOTS = "volumegroupsnapshots.groupsnapshot.storage.k8s.io";
export const VOLUME_GROUP_SNAPSHOT_CONTENTS =
  "volumegroupsnapshotcontents.groupsnapshot.storage.k8s.io";
export const VOLUME_GROUP_SNAPSHOT_CLASSES =
  "volumegroupsnapshotclasses.groupsnapshot.storage.k8s.io";

/** The kinds of the API for group snapshots, in whatever version (v1beta1 to v1) the cluster prefers. */
export type GroupKinds = {
  readonly groups: ApiResource;
  readonly contents: ApiResource;
  readonly classes: ApiResource;
};

/** undefined where the cluster has none, as most have. */
export function findGroupKinds(
  findResource: (groupResource: string) => ApiResource | undefined,
): GroupKinds | undefined {
  const groups = findResource(VOLUME_GROUP_SNAPSHOTS);
  const contents = findResource(VOLUME_GROUP_SNAPSHOT_CONTENTS);
  const classes = findResource(VOLUME_GROUP_SNAPSHOT_CLASSES);
  if (groups === undefined || contents === undefined || classes === undefined) return undefined;
  return { groups, contents, classes };
}

/** Velero's label of claims whose volumes belong together. */
export const GROUP_LABEL = "velero.io/volume-group";

/** Note the domain: kubernetes.io, though the API group is k8s.io. */
export const GROUP_CLASS_MARKS: ClassMarks = {
  veleroLabel: "velero.io/csi-volumegroupsnapshot-class",
  defaultAnnotation: "groupsnapshot.storage.kubernetes.io/is-default-class",
};

/** How the snapshot controller names the content of a VolumeGroupSnapshot of this uid. */
export function groupContentName(uid: string): string {
  return `groupsnapcontent-${uid}`;
}

/** Whether a VolumeGroupSnapshotContent belongs to the VolumeGroupSnapshot of this uid. */
export function isContentOf(content: RawObject, uid: string): boolean {
  const reference = fieldsAt(parseRawObject(content), "spec", "volumeGroupSnapshotRef");
  return uid !== "" && textIn(reference, "uid") === uid;
}
