import { forEachParallel } from "../../lib/bounded-parallel.ts";
import { hasCode } from "../../lib/errors.ts";
import type { SnapshotPlan } from "../claim-volume.ts";
import { createSnapshot, dynamicContentName, snapshotName } from "./create-snapshot.ts";
import { type CutSigns, judgeCut } from "./judge-cut.ts";
import { abortFailure, failureOf, lateFailure } from "./snapshot-failure.ts";
import { madeKey, type SnapshotRun } from "./snapshot-run.ts";
import type { SnapshotState } from "./snapshot-state.ts";
import type { SnapshotCut, SnapshotFailure } from "./volume-snapshots.ts";

const CREATE_AT_ONCE = 16;
/** One lost answer says nothing of the snapshot. */
const MAX_FAILED_READS = 3;

type Cutting = {
  readonly plan: SnapshotPlan;
  readonly namespace: string;
  readonly name: string;
  readonly requestedAt: Date;
  readonly startMs: number;
  /** "" until it is created. */
  uid: string;
  contentName: string;
  state: SnapshotState | undefined;
  failedReads: number;
  result: SnapshotCut | undefined;
};

/** `cut` of VolumeSnapshots. */
export async function cutSnapshots(
  plans: readonly SnapshotPlan[],
  run: SnapshotRun,
  signal: AbortSignal,
): Promise<readonly SnapshotCut[]> {
  const cuttings = plans.map((plan) => begin(plan, run));
  await createAll(cuttings, run, signal);
  await waitForAll(cuttings, run, signal);
  return cuttings.map((each) => each.result ?? fail(each, abortFailure(run.clock, signal), run));
}

function begin(plan: SnapshotPlan, { clock }: SnapshotRun): Cutting {
  return {
    plan,
    namespace: plan.namespace,
    name: snapshotName(plan.claim),
    requestedAt: clock.now(),
    startMs: clock.monotonicMs(),
    uid: "",
    contentName: "",
    state: undefined,
    failedReads: 0,
    result: undefined,
  };
}

async function createAll(
  cuttings: readonly Cutting[],
  run: SnapshotRun,
  signal: AbortSignal,
): Promise<void> {
  const create = async (cutting: Cutting): Promise<void> => {
    const { namespace, name, startMs } = cutting;
    run.made.set(madeKey(cutting), { namespace, name, startMs, isSettled: false });
    try {
      const { metadata } = await createSnapshot(cutting.plan, name, run, signal);
      cutting.uid = metadata.uid ?? "";
      cutting.contentName = dynamicContentName(cutting.uid);
    } catch (error) {
      // The server's word that it refused; anything else may have come to pass all the same.
      const isRefused = hasCode(error, "Forbidden", "RequestRejected", "NotFound", "Unauthorized");
      if (isRefused) run.made.delete(madeKey(cutting));
      fail(cutting, failureOf(error, run.clock, signal), run);
    }
  };
  // Only the signal ends it early, and that is seen by whoever waits.
  await forEachParallel(cuttings, CREATE_AT_ONCE, create, signal).catch(() => {});
}

async function waitForAll(
  cuttings: readonly Cutting[],
  run: SnapshotRun,
  signal: AbortSignal,
): Promise<void> {
  const { clock, snapshotTimeoutMs: limitMs } = run;
  const beginMs = clock.monotonicMs();
  for (;;) {
    const open = cuttings.filter(({ result }) => result === undefined);
    const elapsedMs = clock.monotonicMs() - beginMs;
    if (open.length === 0 || signal.aborted) return;
    if (elapsedMs >= limitMs) {
      for (const each of open) fail(each, lateFailure(clock, "cut", { ...each, limitMs }), run);
      return;
    }
    await clock.sleep(pollDelayMs(elapsedMs), signal).catch(() => {});
    await look(open, run, signal);
  }
}

/** A freeze is as long as this is late, so it is quick at first. */
function pollDelayMs(elapsedMs: number): number {
  if (elapsedMs < 1_000) return 50;
  if (elapsedMs < 10_000) return 100;
  return elapsedMs < 60_000 ? 500 : 1_000;
}

async function look(
  open: readonly Cutting[],
  run: SnapshotRun,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  try {
    const [readings, contents] = await Promise.all([
      run.reader.read(open, signal),
      run.reader.readContents(open, signal),
    ]);
    for (const [cutting, reading] of readings) {
      judge(cutting, { reading, content: contents.get(cutting) }, run, signal);
    }
  } catch {
    // Only the signal is thrown, and that is seen by whoever waits.
  }
}

function judge(
  cutting: Cutting,
  signs: Omit<CutSigns, "uid">,
  run: SnapshotRun,
  signal: AbortSignal,
): void {
  if (signal.aborted) return;
  const { plan, name, requestedAt, uid } = cutting;
  const verdict = judgeCut({ ...signs, uid }, run.clock);
  switch (verdict.kind) {
    case "cut": {
      const { creationTime } = verdict;
      const cutAt = run.clock.now();
      cutting.result = { kind: "cut", plan, name, requestedAt, cutAt, creationTime };
      run.log.write("info", "snapshot cut", { snapshot: madeKey(cutting), creationTime });
      return;
    }
    case "waiting":
      cutting.state = verdict.state;
      cutting.failedReads = 0;
      return;
    case "unread":
      cutting.failedReads += 1;
      if (cutting.failedReads >= MAX_FAILED_READS) fail(cutting, verdict.failure, run);
      return;
    case "failed":
      fail(cutting, verdict.failure, run);
      return;
  }
}

/** Where nothing was asked for, or it was refused, there is no name. */
function fail(cutting: Cutting, reason: SnapshotFailure, { made }: SnapshotRun): SnapshotCut {
  const { plan, requestedAt } = cutting;
  const name = made.has(madeKey(cutting)) ? cutting.name : undefined;
  cutting.result = { ...reason, plan, name, requestedAt };
  return cutting.result;
}
