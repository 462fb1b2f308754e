import type { RawObject } from "../../cluster/cluster.ts";
import { apiVersionOf } from "../../cluster/group-resource.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { hasCode } from "../../lib/errors.ts";
import type { SnapshotPlan } from "../claim-volume.ts";
import { snapshotName } from "../snapshots/create-snapshot.ts";
import type { GroupKinds } from "./group-kinds.ts";
import { fieldsAt, textIn } from "../object-fields.ts";
import { ownedMetadata } from "../owned-labels.ts";
import {
  abortFailure,
  driverFailure,
  failure,
  failureOf,
  lateFailure,
} from "../snapshots/snapshot-failure.ts";
import {
  isMemberOf,
  madeKey,
  type MadeGroup,
  type SnapshotRun,
} from "../snapshots/snapshot-run.ts";
import { isPassingError, readSnapshotState } from "../snapshots/snapshot-state.ts";
import type { SnapshotCut, SnapshotFailure } from "../snapshots/volume-snapshots.ts";

const MAX_FAILED_READS = 3;
const POLL_MS = 100;

type Members = ReadonlyMap<string, RawObject>;
type GroupCut = { readonly creationTime: string; readonly members: Members };

/**
 * Cuts the volumes of a group by one VolumeGroupSnapshot, and finds the VolumeSnapshots that the controller makes of it.
 * Either all are cut or none. Never throws.
 * @param plans all of one group and namespace
 */
export async function cutGroup(
  plans: readonly SnapshotPlan[],
  run: SnapshotRun,
  signal: AbortSignal,
): Promise<readonly SnapshotCut[]> {
  const [first] = plans;
  const { groupKinds, clock } = run;
  if (first === undefined || groupKinds === undefined) return [];
  const requestedAt = clock.now();
  const startMs = clock.monotonicMs();
  const name = snapshotName(first.method.group?.label.value.toLowerCase() ?? "");
  const claims = plans.map(({ claim }) => claim);
  const { namespace } = first;
  const group: MadeGroup = { namespace, name, claims, uid: "", hasFailed: false };
  run.groups.set(madeKey(group), group);
  const result = await create(group, first, { ...run, groupKinds }, signal)
    .then(() => waitForMembers(group, plans, { ...run, groupKinds }, signal))
    .catch((error: unknown) => failureOf(error, clock, signal));
  const cutAt = clock.now();
  group.hasFailed = "kind" in result;
  return plans.map((plan): SnapshotCut => {
    if ("kind" in result) return { ...result, plan, name: undefined, group: name, requestedAt };
    const member = result.members.get(plan.claim)?.metadata.name ?? "";
    const made = { namespace, name: member, startMs, isSettled: false, group };
    run.made.set(madeKey(made), made);
    const { creationTime } = result;
    return { kind: "cut", plan, name: member, group: name, requestedAt, cutAt, creationTime };
  });
}

type GroupRun = SnapshotRun & { readonly groupKinds: GroupKinds };

async function create(
  group: MadeGroup,
  { method }: SnapshotPlan,
  { cluster, groupKinds, mark }: GroupRun,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, name } = group;
  const { groups } = groupKinds;
  const { key = "", value = "" } = method.group?.label ?? {};
  const object = {
    apiVersion: apiVersionOf(groups),
    kind: groups.kind,
    metadata: { namespace, name, ...ownedMetadata(mark) },
    spec: {
      volumeGroupSnapshotClassName: method.group?.className,
      source: { selector: { matchLabels: { [key]: value } } },
    },
  };
  const raw = await cluster
    .create(groups, object, {}, signal)
    .catch((error: unknown) =>
      hasCode(error, "ClusterUnreachable", "Timeout", "ServerError")
        ? cluster.get(groups, { namespace, name }, signal)
        : Promise.reject(error),
    );
  group.uid = raw.metadata.uid ?? "";
}

async function waitForMembers(
  group: MadeGroup,
  plans: readonly SnapshotPlan[],
  run: GroupRun,
  signal: AbortSignal,
): Promise<GroupCut | SnapshotFailure> {
  const { clock, snapshotTimeoutMs: limitMs } = run;
  const startMs = clock.monotonicMs();
  for (let failedReads = 0; !signal.aborted;) {
    if (clock.monotonicMs() - startMs >= limitMs) {
      return lateFailure(clock, "cut", { state: undefined, limitMs });
    }
    await clock.sleep(POLL_MS, signal).catch(() => {});
    try {
      const result = await look(group, plans, run, signal);
      if (result !== undefined) return result;
      failedReads = 0;
    } catch (error) {
      failedReads += 1;
      const isLasting = hasCode(error, "Forbidden", "Unauthorized", "NotFound");
      if (isLasting || failedReads >= MAX_FAILED_READS) return failureOf(error, clock, signal);
    }
  }
  return abortFailure(clock, signal);
}

/** @returns undefined while it must be waited for */
async function look(
  group: MadeGroup,
  plans: readonly SnapshotPlan[],
  run: GroupRun,
  signal: AbortSignal,
): Promise<GroupCut | SnapshotFailure | undefined> {
  const { cluster, groupKinds, clock } = run;
  const raw = await cluster.get(groupKinds.groups, group, signal);
  const { creationTime, error, isBeingDeleted } = readSnapshotState(raw);
  if (isBeingDeleted) {
    return failure(clock, { message: "the VolumeGroupSnapshot was deleted by someone else" });
  }
  if (creationTime === undefined) {
    const isFailed = error !== undefined && !isPassingError(error);
    return isFailed ? driverFailure(clock, error) : undefined;
  }
  const members = await findMembers(group, run, signal);
  return plans.every(({ claim }) => members.has(claim)) ? { creationTime, members } : undefined;
}

/** The VolumeSnapshots of a group, by the claims that they name. */
export async function findMembers(
  group: MadeGroup,
  { cluster, kinds }: SnapshotRun,
  signal: AbortSignal,
): Promise<Members> {
  const members = new Map<string, RawObject>();
  const { namespace } = group;
  for await (const { items } of cluster.list(kinds.snapshots, { namespace }, signal)) {
    for (const raw of items.filter(({ metadata }) => isMemberOf(metadata, group))) {
      const source = fieldsAt(parseRawObject(raw), "spec", "source");
      members.set(textIn(source, "persistentVolumeClaimName") ?? raw.metadata.name, raw);
    }
  }
  return members;
}
