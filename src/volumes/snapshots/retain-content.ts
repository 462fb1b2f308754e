import type { RawObject } from "../../cluster/cluster.ts";
import { hasCode, messageOf } from "../../lib/errors.ts";
import { type ContentState, readContentState } from "./content-state.ts";
import { ownedMetadata, POLICY_ANNOTATION } from "../owned-labels.ts";
import type { SnapshotRun } from "./snapshot-run.ts";
import type { ReadySnapshot, SnapshotContent } from "./volume-snapshots.ts";

/** What was found of the content of a snapshot that is ready. */
export type RetainedContent = {
  /** undefined when it could not be set to Retain. */
  readonly content: SnapshotContent | undefined;
  /** undefined when it cannot be read. */
  readonly raw: RawObject | undefined;
  readonly warning?: ReadySnapshot["warning"];
  /** Why the snapshot is of no use. */
  readonly problem?: string | undefined;
};

type Named = { readonly snapshot: RawObject; readonly contentName: string };

/**
 * Sets the content of a snapshot to Retain, with our marks and its old policy beside it, so that the snapshot outlives its
 * VolumeSnapshot and namespace. Without the right to do so there is a warning.
 * @throws ArkError ClusterUnreachable, Timeout, ServerError, Cancelled, …
 */
export async function retainContent(
  { snapshot, contentName }: Named,
  { cluster, kinds, mark }: SnapshotRun,
  signal: AbortSignal,
): Promise<RetainedContent> {
  const target = { name: contentName };
  let raw: RawObject | undefined;
  try {
    raw = await cluster.get(kinds.contents, target, signal);
    const problem = problemOf(readContentState(raw), snapshot);
    if (problem !== undefined) return { content: undefined, raw, problem };
    const patch = retainPatch(raw, mark);
    const kept = await cluster.patch(
      { resource: kinds.contents, target, type: "merge", patch },
      signal,
    );
    return retained(kept, readContentState(raw), snapshot);
  } catch (error) {
    if (hasCode(error, "NotFound")) {
      const problem = `its VolumeSnapshotContent ${contentName} does not exist`;
      return { content: undefined, raw, problem };
    }
    if (!hasCode(error, "Forbidden", "RequestRejected")) throw error;
    return { content: undefined, raw, warning: unkept(snapshot, raw, messageOf(error)) };
  }
}

function problemOf(
  { snapshot: reference, handle, driver, name }: ContentState,
  snapshot: RawObject,
): string | undefined {
  if (reference.uid !== snapshot.metadata.uid) {
    return `its VolumeSnapshotContent ${name} belongs to another VolumeSnapshot`;
  }
  if (handle === undefined) return `its VolumeSnapshotContent ${name} has no snapshotHandle`;
  return driver === undefined ? `its VolumeSnapshotContent ${name} names no driver` : undefined;
}

function retainPatch(raw: RawObject, mark: SnapshotRun["mark"]): unknown {
  const { labels, annotations } = ownedMetadata(mark);
  return {
    metadata: { labels, annotations: { ...annotations, [POLICY_ANNOTATION]: policyBefore(raw) } },
    spec: { deletionPolicy: "Retain" },
  };
}

/** Set to Retain twice, it still is what it was before the first time. */
function policyBefore(raw: RawObject): string {
  const noted = raw.metadata.annotations?.[POLICY_ANNOTATION];
  return noted ?? readContentState(raw).deletionPolicy ?? "Delete";
}

/** @param kept as the server has stored it */
function retained(kept: RawObject, before: ContentState, snapshot: RawObject): RetainedContent {
  const { name, uid, driver = "", handle = "", deletionPolicy } = readContentState(kept);
  if (deletionPolicy !== "Retain") {
    const why = "the server has stored another deletionPolicy";
    return { content: undefined, raw: kept, warning: unkept(snapshot, kept, why) };
  }
  const content = { name, uid, driver, handle: handle || (before.handle ?? "") };
  return { content: { ...content, deletionPolicy: policyBefore(kept) }, raw: kept };
}

function unkept(
  { metadata: { namespace, name } }: RawObject,
  content: RawObject | undefined,
  why: string,
): ReadySnapshot["warning"] {
  const what =
    content === undefined
      ? "its VolumeSnapshotContent cannot be read, so that Velero cannot restore from it"
      : "its VolumeSnapshotContent cannot be set to Retain";
  return {
    message: `snapshot ${namespace}/${name} lives only as long as its VolumeSnapshot and its namespace: ${what} (${why})`,
    hint: "Ask for get and patch on volumesnapshotcontents.snapshot.storage.k8s.io, or copy the data with --volume-data.",
  };
}
