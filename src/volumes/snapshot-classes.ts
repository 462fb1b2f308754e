import type { ApiResource, Cluster, RawObject } from "../cluster/cluster.ts";
import { parseRawObject } from "../cluster/raw-object.ts";
import { hasCode } from "../lib/errors.ts";
import { textIn } from "./object-fields.ts";

/** A VolumeSnapshotClass, or a VolumeGroupSnapshotClass, as far as a choice depends on it. */
export type SnapshotClass = {
  readonly name: string;
  readonly driver: string;
  /** Whether it carries Velero's label for "take this one". */
  readonly isVeleroChoice: boolean;
  readonly isDefault: boolean;
};

export type ClassMarks = {
  /** A label; Velero looks for its presence, "false" is left out here. */
  readonly veleroLabel: string;
  /** An annotation that is "true". */
  readonly defaultAnnotation: string;
};

export const SNAPSHOT_CLASS_MARKS: ClassMarks = {
  veleroLabel: "velero.io/csi-volumesnapshot-class",
  defaultAnnotation: "snapshot.storage.kubernetes.io/is-default-class",
};

/**
 * All classes of a kind, sorted by name.
 * @returns undefined when they must not be listed
 * @throws ArkError ClusterUnreachable, Timeout, Cancelled, …
 */
export async function readSnapshotClasses(
  cluster: Cluster,
  classes: ApiResource,
  marks: ClassMarks,
  signal: AbortSignal,
): Promise<readonly SnapshotClass[] | undefined> {
  const found: SnapshotClass[] = [];
  try {
    for await (const { items } of cluster.list(classes, {}, signal)) {
      found.push(...items.map((raw) => toClass(raw, marks)));
    }
  } catch (error) {
    if (hasCode(error, "Forbidden")) return undefined;
    throw error;
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function toClass(raw: RawObject, { veleroLabel, defaultAnnotation }: ClassMarks): SnapshotClass {
  const { name, labels, annotations } = raw.metadata;
  const label = labels?.[veleroLabel];
  return {
    name,
    driver: textIn(parseRawObject(raw), "driver") ?? "",
    isVeleroChoice: label !== undefined && label !== "false",
    isDefault: annotations?.[defaultAnnotation] === "true",
  };
}
