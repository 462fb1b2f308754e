import type { RawObject } from "../../cluster/cluster.ts";
import type { Clock } from "../../lib/clock.ts";
import { hasCode } from "../../lib/errors.ts";
import { type ContentState, readContentState } from "./content-state.ts";
import type { SnapshotReading } from "./read-snapshots.ts";
import { driverFailure, errorFailure, failure } from "./snapshot-failure.ts";
import { isPassingError, readSnapshotState, type SnapshotState } from "./snapshot-state.ts";
import type { SnapshotFailure } from "./volume-snapshots.ts";

/** What is seen of a snapshot under way. */
export type CutSigns = {
  readonly reading: SnapshotReading;
  /** The object of its content's name, where it can be read. */
  readonly content: RawObject | undefined;
  /** Of the VolumeSnapshot that was created. */
  readonly uid: string;
};

export type CutVerdict =
  | { readonly kind: "cut"; readonly creationTime: string }
  | { readonly kind: "waiting"; readonly state: SnapshotState }
  /** It could not be read this time. */
  | { readonly kind: "unread"; readonly failure: SnapshotFailure }
  | { readonly kind: "failed"; readonly failure: SnapshotFailure };

/** Whether a snapshot is cut, by its own word or its content's, whichever says so first. */
export function judgeCut({ reading, content, uid }: CutSigns, clock: Clock): CutVerdict {
  if ("error" in reading) return unread(reading.error, clock);
  const state = readSnapshotState(reading.raw);
  if (state.isBeingDeleted || (uid !== "" && state.uid !== uid)) {
    return { kind: "failed", failure: failure(clock, { message: DELETED }) };
  }
  const ofContent = bound(content, state);
  const creationTime = ofContent?.creationTime ?? state.creationTime;
  if (creationTime !== undefined || state.isReady) {
    return { kind: "cut", creationTime: creationTime ?? "" };
  }
  const error = [ofContent?.error, state.error].find(
    (text) => text !== undefined && !isPassingError(text),
  );
  if (error === undefined) return { kind: "waiting", state };
  return { kind: "failed", failure: driverFailure(clock, error) };
}

const DELETED = "the VolumeSnapshot was deleted by someone else";

/** What a content says counts only when it belongs to the VolumeSnapshot. */
function bound(content: RawObject | undefined, { uid }: SnapshotState): ContentState | undefined {
  if (content === undefined || uid === "") return undefined;
  const state = readContentState(content);
  return state.snapshot.uid === uid ? state : undefined;
}

function unread(error: unknown, clock: Clock): CutVerdict {
  if (hasCode(error, "NotFound")) {
    return { kind: "failed", failure: failure(clock, { message: DELETED }) };
  }
  const isLasting = hasCode(error, "Forbidden", "Unauthorized", "RequestRejected");
  return { kind: isLasting ? "failed" : "unread", failure: errorFailure(error, clock) };
}
