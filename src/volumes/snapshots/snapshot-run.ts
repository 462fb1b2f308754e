import type { Cluster, ObjectMeta, RawObject } from "../../cluster/cluster.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import type { GroupKinds } from "../groups/group-kinds.ts";
import { type RunMark, RUN_LABEL } from "../owned-labels.ts";
import type { SnapshotReader } from "./read-snapshots.ts";
import type { SnapshotKinds } from "../snapshot-kinds.ts";

/** A VolumeSnapshot that a run has made, or may have made: it is noted before it is asked for. */
export type MadeSnapshot = {
  readonly namespace: string;
  readonly name: string;
  /** When it was asked for, by Clock.monotonicMs. */
  readonly startMs: number;
  /** Once it is settled; undefined where the content cannot be changed. */
  contentName?: string | undefined;
  isSettled: boolean;
  /** Of a member, until the group is dissolved. */
  group?: MadeGroup | undefined;
};

/** A VolumeGroupSnapshot that a run has made, or may have made. */
export type MadeGroup = {
  readonly namespace: string;
  readonly name: string;
  /** Names of the claims that it is meant to snapshot. */
  readonly claims: readonly string[];
  /** "" until it is created. */
  uid: string;
  /** Whether it is of no use as a whole. */
  hasFailed: boolean;
  /** Once somebody has begun to take it apart. */
  dissolved?: Promise<void>;
  /** Once somebody has begun to remove it; what is left then. */
  removed?: Promise<readonly string[]>;
};

/** What the snapshots of one run share. */
export type SnapshotRun = {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Log;
  readonly kinds: SnapshotKinds;
  /** undefined where the cluster has no group snapshots. */
  readonly groupKinds: GroupKinds | undefined;
  readonly mark: RunMark;
  readonly snapshotTimeoutMs: number;
  readonly reader: SnapshotReader;
  /** By "namespace/name". What was surely removed is taken out. */
  readonly made: Map<string, MadeSnapshot>;
  /** Likewise, until they are dissolved. */
  readonly groups: Map<string, MadeGroup>;
  /** Snapshot classes that were read, by name. */
  readonly classes: Map<string, RawObject>;
};

export function madeKey({ namespace, name }: Pick<MadeSnapshot, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}

/** Whether this run made the object, by itself or as a member of the group. */
export function isOfRun({ metadata }: RawObject, { runId }: RunMark, group?: MadeGroup): boolean {
  if (metadata.labels?.[RUN_LABEL] === runId) return true;
  return group !== undefined && isMemberOf(metadata, group);
}

export function isMemberOf({ ownerReferences }: ObjectMeta, { uid }: MadeGroup): boolean {
  return uid !== "" && ownerReferences?.some((owner) => owner.uid === uid) === true;
}
