import { getIfPresent } from "../../cluster/get-if-present.ts";
import type { Cluster, RawObject } from "../../cluster/cluster.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { hasCode } from "../../lib/errors.ts";
import { type ContentState, isMadeFromVolume, readContentState } from "./content-state.ts";
import { dynamicContentName } from "./create-snapshot.ts";
import { NUDGE_ANNOTATION } from "../owned-labels.ts";
import type { RemovalStep } from "./run-removals.ts";
import type { SnapshotKinds } from "../snapshot-kinds.ts";
import { readSnapshotState } from "./snapshot-state.ts";

/** A snapshot that is to be removed, with all that belongs to it. */
export type SnapshotTarget = {
  readonly namespace: string;
  /** Of the VolumeSnapshot; undefined when only the content is known. */
  readonly name: string | undefined;
  /** Name of the content, where it is known: that one must be found, read and removed as well, or something is left. */
  readonly contentName?: string | undefined;
  /** Whether a VolumeSnapshot or a content of that name is the one that is meant. Others are left alone. */
  readonly isMeant: (raw: RawObject) => boolean;
  /** The deletionPolicy with which the content goes: "Delete" takes the storage's snapshot along. */
  readonly policyOf: (content: RawObject) => string;
};

export type RemovalTools = { readonly cluster: Cluster; readonly kinds: SnapshotKinds };

type Found<State> = { readonly raw: RawObject; readonly state: State };

/**
 * The steps that remove a snapshot: its content gets the policy that is wanted, then the VolumeSnapshot is deleted and takes
 * the content along, or, when it is gone already, the content itself. Done when neither is there any more.
 */
export function snapshotRemoval(target: SnapshotTarget, tools: RemovalTools): RemovalStep {
  const known = { contentName: target.contentName, uid: "" };
  const nudge = contentNudge(tools);
  let hasFound = false;
  return async (signal) => {
    const snapshot = await findSnapshot(target, tools, signal);
    if (snapshot !== undefined) {
      known.uid = snapshot.state.uid;
      known.contentName ??=
        snapshot.state.contentName ?? (dynamicContentName(known.uid) || undefined);
    }
    const content = await findContent(known, target, tools, signal);
    if (content === "foreign") {
      const message = `VolumeSnapshotContent ${known.contentName} is another one, or has lost its labels`;
      return { kind: "left", message };
    }
    if (snapshot === undefined && content === undefined) {
      return { kind: hasFound ? "removed" : "gone" };
    }
    hasFound = true;
    if (content !== undefined) await setPolicy(content, target, tools, signal);
    await deleteNext(snapshot, content?.raw, tools, signal);
    if (content !== undefined) await nudge(content.raw, signal);
    return { kind: "waiting", message: describeWaiting(snapshot?.raw ?? content?.raw) };
  };
}

function describeWaiting(left: RawObject | undefined): string {
  return `the deletion of ${left?.kind} ${left?.metadata.name} is under way, but has not ended yet`;
}

async function findSnapshot(
  { namespace, name, isMeant }: SnapshotTarget,
  { cluster, kinds }: RemovalTools,
  signal: AbortSignal,
): Promise<Found<ReturnType<typeof readSnapshotState>> | undefined> {
  if (name === undefined) return undefined;
  const raw = await getIfPresent(cluster, kinds.snapshots, { namespace, name }, signal);
  return raw !== undefined && isMeant(raw) ? { raw, state: readSnapshotState(raw) } : undefined;
}

/**
 * The content that belongs to the VolumeSnapshot, or is meant itself. One that nobody has named counts as absent when it
 * cannot be read or is another one.
 */
async function findContent(
  { contentName, uid }: { readonly contentName: string | undefined; readonly uid: string },
  { isMeant, contentName: wanted }: SnapshotTarget,
  { cluster, kinds }: RemovalTools,
  signal: AbortSignal,
): Promise<Found<ContentState> | "foreign" | undefined> {
  if (contentName === undefined) return undefined;
  try {
    const raw = await getIfPresent(cluster, kinds.contents, { name: contentName }, signal);
    if (raw === undefined) return undefined;
    const state = readContentState(raw);
    const belongs = (uid !== "" && state.snapshot.uid === uid) || isMeant(raw);
    if (belongs && isMadeFromVolume(parseRawObject(raw))) return { raw, state };
    return wanted === undefined ? undefined : "foreign";
  } catch (error) {
    if (hasCode(error, "Forbidden") && wanted === undefined) return undefined;
    throw error;
  }
}

async function setPolicy(
  { raw, state }: Found<ContentState>,
  { policyOf }: SnapshotTarget,
  { cluster, kinds }: RemovalTools,
  signal: AbortSignal,
): Promise<void> {
  const deletionPolicy = policyOf(raw);
  if (state.deletionPolicy === deletionPolicy) return;
  await cluster.patch(
    {
      resource: kinds.contents,
      target: { name: state.name },
      type: "merge",
      patch: { spec: { deletionPolicy } },
    },
    signal,
  );
}

async function deleteNext(
  snapshot: Found<unknown> | undefined,
  content: RawObject | undefined,
  { cluster, kinds }: RemovalTools,
  signal: AbortSignal,
): Promise<void> {
  const [resource, raw] =
    snapshot === undefined ? [kinds.contents, content] : [kinds.snapshots, snapshot.raw];
  if (raw === undefined || raw.metadata.deletionTimestamp !== undefined) return;
  const { namespace, name } = raw.metadata;
  await cluster.delete(resource, { namespace, name }, signal);
}

const BEING_CREATED = "snapshot.storage.kubernetes.io/volumesnapshot-being-created";
/** Rounds are up to a second apart. */
const NUDGE_EVERY = 4;

/**
 * A content that is deleted while its snapshot is being cut is forgotten by the csi-snapshotter (8.7) until its next
 * resync, 15 minutes later, unless something of it changes: so now and then something is changed.
 */
function contentNudge({
  cluster,
  kinds,
}: RemovalTools): (content: RawObject, signal: AbortSignal) => Promise<void> {
  let rounds = 0;
  return async ({ metadata: { name, annotations = {}, deletionTimestamp } }, signal) => {
    if (deletionTimestamp === undefined || BEING_CREATED in annotations) return;
    if (++rounds % NUDGE_EVERY !== 0) return;
    const patch = { metadata: { annotations: { [NUDGE_ANNOTATION]: String(rounds) } } };
    const request = { resource: kinds.contents, target: { name }, type: "merge", patch } as const;
    // It may be gone by now, or be nothing that this user may change: then it only takes longer.
    await cluster.patch(request, signal).catch(() => {});
  };
}
