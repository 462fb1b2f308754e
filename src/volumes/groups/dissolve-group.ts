import type { RawObject } from "../../cluster/cluster.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { ArkError, hasCode } from "../../lib/errors.ts";
import { findMembers } from "./cut-group.ts";
import { groupContentName, isContentOf } from "./group-kinds.ts";
import { fieldsAt, textIn, textsIn } from "../object-fields.ts";
import { ownedMetadata } from "../owned-labels.ts";
import { removeMade } from "../snapshots/remove-made.ts";
import {
  madeKey,
  type MadeGroup,
  type MadeSnapshot,
  type SnapshotRun,
} from "../snapshots/snapshot-run.ts";

const IN_GROUP_FINALIZER = "snapshot.storage.kubernetes.io/volumesnapshot-in-group-protection";
/** The controller deletes whatever its cache still takes for a member. */
const CACHE_DELAY_MS = 2_000;
const MAX_CONFLICTS = 5;
const REMOVAL_WAIT_MS = 30_000;

/**
 * Takes a group apart, as Velero does, so that its members are VolumeSnapshots like all others: without their owner and
 * the finalizer that forbids their deletion, with our marks. Then the VolumeGroupSnapshot goes, and its content, set to
 * Retain, without the storage's snapshots. Done once, however many members ask for it.
 * @throws ArkError Forbidden, … ; the group is then as it was, or half taken apart, and discard removes it
 */
export function dissolveGroup(
  group: MadeGroup,
  run: SnapshotRun,
  signal: AbortSignal,
): Promise<void> {
  group.dissolved ??= dissolve(group, run, signal);
  return group.dissolved;
}

async function dissolve(group: MadeGroup, run: SnapshotRun, signal: AbortSignal): Promise<void> {
  const { cluster, clock, groupKinds, groups, made } = run;
  if (groupKinds === undefined) return;
  const raw = await cluster.get(groupKinds.groups, group, signal);
  const status = fieldsAt(parseRawObject(raw), "status");
  const bound = textIn(status, "boundVolumeGroupSnapshotContentName");
  const content = { name: bound ?? groupContentName(group.uid) };
  const patch = { spec: { deletionPolicy: "Retain" } };
  const found = await cluster.get(groupKinds.contents, content, signal);
  if (!isContentOf(found, group.uid)) {
    throw new ArkError(
      "Conflict",
      `VolumeGroupSnapshotContent ${content.name} is of another group`,
    );
  }
  const request = { resource: groupKinds.contents, target: content, type: "merge", patch } as const;
  await cluster.patch(request, signal);
  const surplus: MadeSnapshot[] = [];
  for (const member of (await findMembers(group, run, signal)).values()) {
    await release(member, group, run, signal);
    const key = madeKey({ namespace: group.namespace, name: member.metadata.name });
    if (!made.has(key)) surplus.push(noteSurplus(member, run));
  }
  await clock.sleep(CACHE_DELAY_MS, signal);
  await cluster.delete(groupKinds.contents, content, signal);
  await cluster.delete(groupKinds.groups, group, signal);
  groups.delete(madeKey(group));
  await removeMade(surplus, REMOVAL_WAIT_MS, run, signal);
}

/** Of a claim that has the group's label and is not in this backup. */
function noteSurplus({ metadata }: RawObject, { clock, made }: SnapshotRun): MadeSnapshot {
  const { namespace = "", name } = metadata;
  const snapshot = { namespace, name, startMs: clock.monotonicMs(), isSettled: false };
  made.set(madeKey(snapshot), snapshot);
  return snapshot;
}

async function release(
  member: RawObject,
  group: MadeGroup,
  { cluster, kinds, mark }: SnapshotRun,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, name } = member.metadata;
  let current = member;
  for (let conflicts = 0; ; conflicts += 1) {
    const target = { namespace, name };
    const patch = { metadata: releasedMetadata(current, group, ownedMetadata(mark)) };
    try {
      await cluster.patch({ resource: kinds.snapshots, target, type: "merge", patch }, signal);
      return;
    } catch (error) {
      if (!hasCode(error, "Conflict") || conflicts >= MAX_CONFLICTS) throw error;
      current = await cluster.get(kinds.snapshots, target, signal);
    }
  }
}

/** With the version that was read: whoever adds a finalizer meanwhile must not lose it. */
function releasedMetadata(
  raw: RawObject,
  { uid }: MadeGroup,
  marks: ReturnType<typeof ownedMetadata>,
): unknown {
  const { resourceVersion, ownerReferences = [] } = raw.metadata;
  const finalizers = textsIn(fieldsAt(parseRawObject(raw), "metadata"), "finalizers");
  return {
    ...marks,
    resourceVersion,
    ownerReferences: ownerReferences.filter((owner) => owner.uid !== uid),
    finalizers: finalizers.filter((finalizer) => finalizer !== IN_GROUP_FINALIZER),
  };
}
