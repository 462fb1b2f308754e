import type { RawObject } from "../../cluster/cluster.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { type Fields, fieldsAt, recordIn, textIn } from "../object-fields.ts";
import { quantityBytes } from "../quantity-bytes.ts";

/** What a VolumeSnapshot says of itself. */
export type SnapshotState = {
  readonly uid: string;
  readonly contentName: string | undefined;
  /** As it is written; present once the storage has cut the snapshot. */
  readonly creationTime: string | undefined;
  readonly isReady: boolean;
  readonly restoreSizeBytes: number | undefined;
  /** status.error.message; "" when there is an error without words. */
  readonly error: string | undefined;
  readonly isBeingDeleted: boolean;
  /** Whether a controller has written anything at all. */
  readonly isTakenUp: boolean;
};

/** Reads a VolumeSnapshot; what is missing or of another type counts as not said. */
export function readSnapshotState(raw: RawObject): SnapshotState {
  const status = fieldsAt(parseRawObject(raw), "status");
  return {
    uid: raw.metadata.uid ?? "",
    contentName: textIn(status, "boundVolumeSnapshotContentName"),
    creationTime: readTime(status),
    isReady: status["readyToUse"] === true,
    restoreSizeBytes: readSize(status["restoreSize"]),
    error: readError(status),
    isBeingDeleted: raw.metadata.deletionTimestamp !== undefined,
    isTakenUp: Object.keys(status).length > 0,
  };
}

function readTime(status: Fields): string | undefined {
  const text = textIn(status, "creationTime");
  return text === undefined || Number.isNaN(Date.parse(text)) ? undefined : text;
}

/** Bytes, from a number (of a content) or a quantity (of a VolumeSnapshot). */
export function readSize(value: unknown): number | undefined {
  if (typeof value === "number")
    return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  return typeof value === "string" ? quantityBytes(value) : undefined;
}

/** The message of `status.error`; "" when it is without words. */
export function readError(status: Fields): string | undefined {
  const error = recordIn(status, "error");
  return error && (textIn(error, "message") ?? "");
}

/**
 * Whether an error is only passing: the controllers' own conflict of two writers, or a driver that is still at it. Those
 * controllers try again at once, and the snapshot is cut all the same.
 */
export function isPassingError(message: string): boolean {
  return (
    message.includes("the object has been modified") ||
    /\bcode = (?:DeadlineExceeded|Aborted)\b/.test(message)
  );
}
