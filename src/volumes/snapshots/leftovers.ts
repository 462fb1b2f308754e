import { getIfPresent } from "../../cluster/get-if-present.ts";
import type { RawObject } from "../../cluster/cluster.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import type { ClientProcess } from "../client-process.ts";
import { findOwned, type OwnedObject, type OwnedObjects } from "./find-owned.ts";
import { findGroupKinds, VOLUME_GROUP_SNAPSHOTS } from "../groups/group-kinds.ts";
import { fieldsAt, textIn } from "../object-fields.ts";
import {
  BACKUP_ANNOTATION,
  BACKUP_LABEL,
  CLIENT_ANNOTATION,
  labelValue,
  MANAGED_BY,
  STATE_LABEL,
} from "../owned-labels.ts";
import { groupRemoval } from "../groups/remove-group.ts";
import { snapshotRemoval, type SnapshotTarget } from "./remove-snapshot.ts";
import { type RemovalStep, runRemovals } from "./run-removals.ts";
import {
  findSnapshotKinds,
  VOLUME_SNAPSHOT_CONTENTS,
  VOLUME_SNAPSHOTS,
} from "../snapshot-kinds.ts";
import type { SnapshotTools } from "./snapshot-tools.ts";

/** An object that kubectl-ark made and that no backup has. */
export type Leftover = {
  /** "volumesnapshots.snapshot.storage.k8s.io", "volumesnapshotcontents.snapshot.storage.k8s.io", "volumegroupsnapshots.groupsnapshot.storage.k8s.io", "pods", "persistentvolumeclaims" */
  readonly groupResource: string;
  /** "" for a content. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Name of the backup that it was made for. */
  readonly backup: string;
  /** metadata.creationTimestamp as it is written; "" when there is none. */
  readonly created: string;
};

export type Leftovers = {
  readonly found: readonly Leftover[];
  readonly unsearched: OwnedObjects["unsearched"];
};

export type LeftoverScope = {
  /** undefined: all. Contents, which are in none, count for the namespace of their VolumeSnapshot. */
  readonly namespaces: readonly string[] | undefined;
};

export type LeftoverTools = SnapshotTools & { readonly clientProcess: ClientProcess };

export type LeftoverRemoval = {
  readonly leftover: Leftover;
  readonly result: "removed" | "gone" | "left";
  readonly message?: string | undefined;
  readonly hint?: string | undefined;
};

const OURS = `${MANAGED_BY.key}=${MANAGED_BY.value}`;
/** From this age on, what a client that cannot be asked has left is taken for a leftover. */
const UNKNOWN_AFTER_MS = 24 * 60 * 60 * 1000;
const REMOVAL_WAIT_MS = 60_000;

/**
 * What runs have left that died before they published their backup: snapshots, contents without their snapshot, helper
 * pods and claims that are marked as pending, and whose client is gone. Of a client that cannot be asked (on another
 * host), only what is older than 24 hours.
 * @throws ArkError Cancelled; what cannot be listed is a value
 */
export async function findLeftovers(
  scope: LeftoverScope,
  tools: LeftoverTools,
  signal: AbortSignal,
): Promise<Leftovers> {
  const labelSelector = `${OURS},${STATE_LABEL}=pending`;
  const { found, unsearched } = await findOwned({ ...scope, labelSelector }, tools, signal);
  return { found: found.filter(({ raw }) => isAbandoned(raw, tools)).map(toLeftover), unsearched };
}

/**
 * Everything in the cluster that was made for a backup of this name, pending or kept, whoever made it: for a backup that
 * is in no store. What a Velero restore has made of the backup is not among it.
 * @throws ArkError Cancelled; what cannot be listed is a value
 */
export async function findByBackup(
  backup: string,
  scope: LeftoverScope,
  tools: SnapshotTools,
  signal: AbortSignal,
): Promise<Leftovers> {
  const labelSelector = `${OURS},${BACKUP_LABEL}=${labelValue(backup)}`;
  const { found, unsearched } = await findOwned({ ...scope, labelSelector }, tools, signal);
  const leftovers = found.map(toLeftover).filter((leftover) => leftover.backup === backup);
  return { found: leftovers, unsearched };
}

/**
 * Removes leftovers, the storage's snapshots included; each is read again first and left alone when it is another
 * object by now. Several at once; all together are waited for 60 s at the most.
 * @returns one for each of `found`, in the same order; failures are values
 * @throws ArkError Cancelled
 */
export async function removeLeftovers(
  found: readonly Leftover[],
  tools: SnapshotTools,
  signal: AbortSignal,
): Promise<readonly LeftoverRemoval[]> {
  const steps = found.map((leftover) => removalOf(leftover, tools));
  const results = await runRemovals(steps, { waitMs: REMOVAL_WAIT_MS }, tools.clock, signal);
  return found.map((leftover, index) => {
    const result = results[index];
    if (result?.kind !== "left") return { leftover, result: result?.kind ?? "gone" };
    return { leftover, result: "left", message: result.message, hint: result.hint };
  });
}

function isAbandoned(raw: RawObject, { clientProcess, clock }: LeftoverTools): boolean {
  const state = clientProcess.stateOf(raw.metadata.annotations?.[CLIENT_ANNOTATION] ?? "");
  if (state !== "unknown") return state === "gone";
  return clock.now().getTime() - Date.parse(createdOf(raw)) > UNKNOWN_AFTER_MS;
}

function toLeftover({ groupResource, raw }: OwnedObject): Leftover {
  const { namespace = "", name, uid = "", annotations } = raw.metadata;
  const backup = annotations?.[BACKUP_ANNOTATION] ?? "";
  return { groupResource, namespace, name, uid, backup, created: createdOf(raw) };
}

function createdOf(raw: RawObject): string {
  return textIn(fieldsAt(parseRawObject(raw), "metadata"), "creationTimestamp") ?? "";
}

function removalOf(leftover: Leftover, { cluster, findResource }: SnapshotTools): RemovalStep {
  const { groupResource, namespace, name, uid } = leftover;
  const kinds = findSnapshotKinds(findResource);
  const groupKinds = findGroupKinds(findResource);
  const isMeant: SnapshotTarget["isMeant"] = ({ metadata }) => metadata.uid === uid;
  if (groupKinds !== undefined && groupResource === VOLUME_GROUP_SNAPSHOTS) {
    return groupRemoval({ namespace, name, isMeant }, { cluster, groupKinds });
  }
  const isSnapshot = groupResource === VOLUME_SNAPSHOTS;
  if (kinds === undefined || !(isSnapshot || groupResource === VOLUME_SNAPSHOT_CONTENTS)) {
    return objectRemoval(leftover, { cluster, findResource });
  }
  return snapshotRemoval(
    {
      namespace,
      name: isSnapshot ? name : undefined,
      contentName: isSnapshot ? undefined : name,
      isMeant,
      policyOf: () => "Delete",
    },
    { cluster, kinds },
  );
}

/** Of an object by itself: a pod, a claim. */
function objectRemoval(
  { groupResource, namespace, name, uid }: Leftover,
  { cluster, findResource }: Pick<SnapshotTools, "cluster" | "findResource">,
): RemovalStep {
  let hasFound = false;
  return async (signal) => {
    const done = { kind: hasFound ? "removed" : "gone" } as const;
    const resource = findResource(groupResource);
    if (resource === undefined) return done;
    const target = { namespace, name };
    const raw = await getIfPresent(cluster, resource, target, signal);
    if (raw === undefined || raw.metadata.uid !== uid) return done;
    hasFound = true;
    if (raw.metadata.deletionTimestamp === undefined)
      await cluster.delete(resource, target, signal);
    return {
      kind: "waiting",
      message: `the deletion of ${raw.kind} ${name} is under way, but has not ended yet`,
    };
  };
}
