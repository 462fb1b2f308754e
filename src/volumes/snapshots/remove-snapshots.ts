import type { RawObject } from "../../cluster/cluster.ts";
import { isOurs, POLICY_ANNOTATION } from "../owned-labels.ts";
import { snapshotRemoval } from "./remove-snapshot.ts";
import { type RemovalResult, runRemovals } from "./run-removals.ts";
import { findSnapshotKinds, type SnapshotKinds } from "../snapshot-kinds.ts";
import type { SnapshotTools } from "./snapshot-tools.ts";

/** One snapshot of a published backup, as `kubectl-ark.json` has it. */
export type RecordedSnapshot = {
  readonly namespace: string;
  /** Name of the PersistentVolumeClaim. */
  readonly claim: string;
  /** Name of the VolumeSnapshot. */
  readonly name: string;
  readonly contentName?: string | undefined;
  readonly contentUid?: string | undefined;
  /** The storage's own name of the snapshot. */
  readonly handle?: string | undefined;
  /** Of the content, before it was set to Retain. */
  readonly deletionPolicy?: string | undefined;
};

export type RemoveSnapshotsOptions = {
  readonly backup: string;
  /** Whether the backup was surely taken of this cluster: only then does "not found" mean that it is gone. */
  readonly isSameCluster: boolean;
  /** How long one snapshot is waited for; default 60 s. */
  readonly waitMs?: number;
};

export type SnapshotRemoval = {
  readonly snapshot: RecordedSnapshot;
  /**
   * - removed: nothing is left, or what is left is meant (`message` says so: a class with deletionPolicy Retain)
   * - gone: there was nothing any more
   * - left: something of it could not be removed; `message` says why
   * - elsewhere: not found, and it may be another cluster's
   */
  readonly result: "removed" | "gone" | "left" | "elsewhere";
  readonly message?: string | undefined;
  readonly hint?: string | undefined;
};

const DEFAULT_WAIT_MS = 60_000;

/**
 * Removes the snapshots of a backup: VolumeSnapshot, content and, unless its class says Retain, the storage's snapshot.
 * Touches nothing but what carries this backup's marks. Several at once; each is waited for.
 * @returns one for each of `snapshots`, in the same order; failures are values
 * @throws ArkError Cancelled
 */
export async function removeSnapshotsOfBackup(
  snapshots: readonly RecordedSnapshot[],
  options: RemoveSnapshotsOptions,
  tools: SnapshotTools,
  signal: AbortSignal,
): Promise<readonly SnapshotRemoval[]> {
  const { cluster, clock, findResource } = tools;
  const kinds = findSnapshotKinds(findResource);
  const steps = snapshots.map((snapshot) =>
    kinds === undefined
      ? async () => ({ kind: "gone" }) as const
      : snapshotRemoval(toTarget(snapshot, options, kinds), { cluster, kinds }),
  );
  const { waitMs = DEFAULT_WAIT_MS } = options;
  const results = await runRemovals(steps, { waitMs }, clock, signal);
  return snapshots.map((snapshot, index) => report(snapshot, results[index], options));
}

function toTarget(
  { namespace, name, contentName, contentUid, deletionPolicy }: RecordedSnapshot,
  { backup }: RemoveSnapshotsOptions,
  kinds: SnapshotKinds,
): Parameters<typeof snapshotRemoval>[0] {
  const isSame = ({ kind, metadata: { uid } }: RawObject): boolean =>
    kind !== kinds.contents.kind || contentUid === undefined || uid === contentUid;
  return {
    namespace,
    name,
    contentName,
    isMeant: (raw) => isOurs(raw, backup) && isSame(raw),
    policyOf: ({ metadata }) =>
      deletionPolicy ?? metadata.annotations?.[POLICY_ANNOTATION] ?? "Delete",
  };
}

function report(
  snapshot: RecordedSnapshot,
  result: RemovalResult | undefined,
  { isSameCluster }: RemoveSnapshotsOptions,
): SnapshotRemoval {
  const { deletionPolicy, handle } = snapshot;
  const onStorage = handle === undefined ? "the snapshot" : `snapshot ${handle}`;
  if (result?.kind === "left") {
    return { snapshot, result: "left", message: result.message, hint: result.hint };
  }
  if (result?.kind === "removed") {
    const message = `the storage keeps ${onStorage}: the deletionPolicy of its class is Retain`;
    return { snapshot, result: "removed", ...(deletionPolicy === "Retain" && { message }) };
  }
  if (!isSameCluster) {
    return { snapshot, result: "elsewhere", message: `${onStorage} is not in this cluster` };
  }
  const message = `its content was gone; if it was deleted while set to Retain, the storage still has ${onStorage}`;
  return { snapshot, result: "gone", ...(handle !== undefined && { message }) };
}
