import { pause } from "../../lib/pause.ts";
import type { RawObject } from "../../cluster/cluster.ts";
import { type ErrorCode, hasCode, messageOf, throwIfAborted } from "../../lib/errors.ts";
import { readContentState } from "./content-state.ts";
import { dissolveGroup } from "../groups/dissolve-group.ts";
import { removeGroups, removeMade } from "./remove-made.ts";
import { type RetainedContent, retainContent } from "./retain-content.ts";
import { driverFailure, failure, failureOf, lateFailure } from "./snapshot-failure.ts";
import {
  VOLUME_SNAPSHOT_CLASSES,
  VOLUME_SNAPSHOT_CONTENTS,
  VOLUME_SNAPSHOTS,
} from "../snapshot-kinds.ts";
import { madeKey, type MadeSnapshot, type SnapshotRun } from "./snapshot-run.ts";
import { isPassingError, readSnapshotState, type SnapshotState } from "./snapshot-state.ts";
import type {
  ReadySnapshot,
  SettledSnapshot,
  SnapshotCut,
  SnapshotFailure,
} from "./volume-snapshots.ts";

type Cut = Extract<SnapshotCut, { kind: "cut" }>;
type Ready = { readonly raw: RawObject; readonly state: SnapshotState; readonly readyAt: Date };

const MAX_FAILED_READS = 5;
const REMOVAL_WAIT_MS = 30_000;
const lastingCodes: readonly ErrorCode[] = ["Forbidden", "Unauthorized", "NotFound"];

/** `settle` of VolumeSnapshots. */
export async function settleSnapshot(
  cut: SnapshotCut,
  run: SnapshotRun,
  signal: AbortSignal,
): Promise<SettledSnapshot> {
  throwIfAborted(signal);
  if (cut.kind === "failed") return clearAway(cut, cut, run, signal);
  const made = run.made.get(madeKey({ namespace: cut.plan.namespace, name: cut.name }));
  const trouble = await leaveGroup(made, run, signal);
  if (trouble !== undefined) return clearAway(cut, trouble, run, signal);
  const ready = await waitUntilReady(cut, made, run, signal);
  if ("kind" in ready) return clearAway(cut, ready, run, signal);
  const settled = await toReadySnapshot(ready, run, signal);
  if ("kind" in settled) return clearAway(cut, settled, run, signal);
  if (made !== undefined) {
    made.isSettled = true;
    made.contentName = settled.content?.name;
  }
  return { kind: "ready", cut, ready: settled };
}

/** @returns why the group of a member could not be taken apart */
async function leaveGroup(
  made: MadeSnapshot | undefined,
  run: SnapshotRun,
  signal: AbortSignal,
): Promise<SnapshotFailure | undefined> {
  if (made?.group === undefined) return undefined;
  try {
    await dissolveGroup(made.group, run, signal);
    return undefined;
  } catch (error) {
    throwIfAborted(signal);
    made.group.hasFailed = true;
    return failureOf(error, run.clock, signal);
  }
}

async function waitUntilReady(
  cut: Cut,
  made: MadeSnapshot | undefined,
  run: SnapshotRun,
  signal: AbortSignal,
): Promise<Ready | SnapshotFailure> {
  const { clock, kinds, snapshotTimeoutMs: limitMs } = run;
  const target = { namespace: cut.plan.namespace, name: cut.name };
  const startMs = made?.startMs ?? clock.monotonicMs();
  let state: SnapshotState | undefined;
  for (let failedReads = 0; ;) {
    try {
      const raw = await run.cluster.get(kinds.snapshots, target, signal);
      state = await withContent(readSnapshotState(raw), run, signal);
      failedReads = 0;
      const end = judge(state, run);
      if (end !== undefined) return end === "ready" ? { raw, state, readyAt: clock.now() } : end;
    } catch (error) {
      throwIfAborted(signal);
      failedReads += 1;
      const isLasting = hasCode(error, ...lastingCodes) || failedReads >= MAX_FAILED_READS;
      if (isLasting) return failureOf(error, clock, signal);
    }
    const elapsedMs = clock.monotonicMs() - startMs;
    if (elapsedMs >= limitMs) return lateFailure(clock, "ready", { state, limitMs });
    await pause(clock, pollDelayMs(elapsedMs), signal);
  }
}

/** The content knows sooner that it can be used: the snapshot controller copies it over when it comes to it. */
async function withContent(
  state: SnapshotState,
  { reader }: SnapshotRun,
  signal: AbortSignal,
): Promise<SnapshotState> {
  const { contentName, isReady, isBeingDeleted, uid } = state;
  if (isReady || isBeingDeleted || contentName === undefined) return state;
  const [raw] = (await reader.readContents([{ contentName }], signal)).values();
  const content = raw && readContentState(raw);
  if (!content?.isReady || content.snapshot.uid !== uid) return state;
  const restoreSizeBytes = state.restoreSizeBytes ?? content.restoreSizeBytes;
  return { ...state, isReady: true, restoreSizeBytes };
}

function pollDelayMs(elapsedMs: number): number {
  if (elapsedMs < 10_000) return 250;
  return elapsedMs < 60_000 ? 1_000 : 2_000;
}

/** @returns undefined while it must be waited for */
function judge(
  state: SnapshotState,
  { clock }: SnapshotRun,
): "ready" | SnapshotFailure | undefined {
  if (state.isBeingDeleted) {
    return failure(clock, { message: "the VolumeSnapshot was deleted by someone else" });
  }
  if (state.isReady && state.contentName !== undefined) return "ready";
  if (state.error === undefined || isPassingError(state.error)) return undefined;
  return driverFailure(clock, state.error);
}

async function toReadySnapshot(
  { raw, state, readyAt }: Ready,
  run: SnapshotRun,
  signal: AbortSignal,
): Promise<ReadySnapshot | SnapshotFailure> {
  const { clock } = run;
  try {
    const names = { snapshot: raw, contentName: state.contentName ?? "" };
    const found = await retainContent(names, run, signal);
    if (found.problem !== undefined) {
      return failure(clock, { message: `the snapshot cannot be used: ${found.problem}` });
    }
    return {
      readyAt,
      restoreSizeBytes: state.restoreSizeBytes,
      content: found.content,
      objects: await gatherObjects(raw, found, run, signal),
      ...(found.warning !== undefined && { warning: found.warning }),
    };
  } catch (error) {
    throwIfAborted(signal);
    return failureOf(error, clock, signal);
  }
}

async function gatherObjects(
  snapshot: RawObject,
  { raw: content }: RetainedContent,
  run: SnapshotRun,
  signal: AbortSignal,
): Promise<ReadySnapshot["objects"]> {
  const snapshotClass =
    content && (await readClass(readContentState(content).className, run, signal));
  return [
    { groupResource: VOLUME_SNAPSHOTS, raw: snapshot },
    ...(content ? [{ groupResource: VOLUME_SNAPSHOT_CONTENTS, raw: content }] : []),
    ...(snapshotClass ? [{ groupResource: VOLUME_SNAPSHOT_CLASSES, raw: snapshotClass }] : []),
  ];
}

/** No restore needs the class: one that cannot be read is left out. */
async function readClass(
  name: string | undefined,
  { cluster, kinds, classes, log }: SnapshotRun,
  signal: AbortSignal,
): Promise<RawObject | undefined> {
  if (name === undefined || classes.has(name)) return classes.get(name ?? "");
  try {
    const raw = await cluster.get(kinds.classes, { name }, signal);
    classes.set(name, raw);
    return raw;
  } catch (error) {
    throwIfAborted(signal);
    log.write("info", "snapshot class left out", { class: name, reason: messageOf(error) });
    return undefined;
  }
}

/** Removes what has failed, and says so when that fails too. */
async function clearAway(
  cut: SnapshotCut,
  reason: SnapshotFailure,
  run: SnapshotRun,
  signal: AbortSignal,
): Promise<SettledSnapshot> {
  const { kind, failedAt, message, hint, code } = reason;
  const { namespace } = cut.plan;
  const made = run.made.get(madeKey({ namespace, name: cut.name ?? "" }));
  await leaveGroup(made, run, signal);
  const left = [
    ...(await removeFailedGroup(cut, run, signal)),
    ...(made === undefined ? [] : await removeMade([made], REMOVAL_WAIT_MS, run, signal)),
  ].join(", ");
  const hints = [hint, left && `Left in the cluster: ${left}.`].filter(Boolean).join(" ");
  const words = { kind, failedAt, message, code, ...(hints !== "" && { hint: hints }) };
  return { kind: "failed", cut, failure: words };
}

/** A group that is of no use goes as a whole, once, whichever of its claims is settled first. */
async function removeFailedGroup(
  { plan }: SnapshotCut,
  run: SnapshotRun,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const group = [...run.groups.values()].find(
    ({ namespace, claims, hasFailed }) =>
      hasFailed && namespace === plan.namespace && claims.includes(plan.claim),
  );
  if (group === undefined) return [];
  group.removed ??= removeGroups([group], REMOVAL_WAIT_MS, run, signal);
  return group.removed;
}
