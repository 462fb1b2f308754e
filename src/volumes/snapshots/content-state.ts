import type { KubernetesObject, RawObject } from "../../cluster/cluster.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { fieldsAt, textIn } from "../object-fields.ts";
import { readError, readSize } from "./snapshot-state.ts";

/** What a VolumeSnapshotContent says of itself. */
export type ContentState = {
  readonly name: string;
  readonly uid: string;
  readonly driver: string | undefined;
  readonly deletionPolicy: string | undefined;
  readonly handle: string | undefined;
  readonly className: string | undefined;
  /** Of the VolumeSnapshot that it belongs to. */
  readonly snapshot: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  };
  /** When the storage has cut it, to the millisecond, as ISO 8601. */
  readonly creationTime: string | undefined;
  readonly isReady: boolean;
  readonly restoreSizeBytes: number | undefined;
  /** status.error.message; "" when there is an error without words. */
  readonly error: string | undefined;
};

/** Reads a VolumeSnapshotContent; what is missing or of another type counts as not said. */
export function readContentState(raw: RawObject): ContentState {
  const content = parseRawObject(raw);
  const spec = fieldsAt(content, "spec");
  const status = fieldsAt(content, "status");
  const reference = fieldsAt(spec, "volumeSnapshotRef");
  return {
    name: raw.metadata.name,
    uid: raw.metadata.uid ?? "",
    driver: textIn(spec, "driver"),
    deletionPolicy: textIn(spec, "deletionPolicy"),
    handle: textIn(status, "snapshotHandle"),
    className: textIn(spec, "volumeSnapshotClassName"),
    snapshot: {
      namespace: textIn(reference, "namespace") ?? "",
      name: textIn(reference, "name") ?? "",
      uid: textIn(reference, "uid") ?? "",
    },
    creationTime: readTime(status["creationTime"]),
    isReady: status["readyToUse"] === true,
    restoreSizeBytes: readSize(status["restoreSize"]),
    error: readError(status),
  };
}

const MAX_TIME_NS = 8.64e21;

/** Nanoseconds since 1970; more of them than a number counts exactly, which does not matter for milliseconds. */
function readTime(value: unknown): string | undefined {
  if (typeof value !== "number" || !(value > 0 && value <= MAX_TIME_NS)) return undefined;
  return new Date(Math.floor(value / 1e6)).toISOString();
}

/**
 * Whether a VolumeSnapshot or its content was made from a claim's volume. One that a restore has made points at a
 * snapshot that existed before, which belongs to a backup; it may carry our labels, copied from the archive.
 */
export function isMadeFromVolume(object: KubernetesObject): boolean {
  const source = fieldsAt(object, "spec", "source");
  return (
    source["snapshotHandle"] === undefined && source["volumeSnapshotContentName"] === undefined
  );
}
