import { messageOf } from "../../lib/errors.ts";
import { runHooks, type HooksResult } from "../../hooks/run-hooks.ts";
import type { HookPhase } from "../../hooks/hook.ts";
import type { GuardReport } from "../backup-report.ts";
import type { BackupRun } from "../backup-run.ts";
import type { PodGuards } from "./guard-pod.ts";
import type { PlannedPod } from "./group-items.ts";
import { thawHint } from "./thaw-hint.ts";

/** A pod whose pre hooks were begun; a result is undefined while its hooks run, and when they broke off. */
export type QuiescedPod = {
  readonly pod: PlannedPod;
  /** Of the block's steps, in which pods are quiesced, and in reverse thawed. */
  readonly step: number;
  /** When its pre hooks were begun, by the monotonic clock and by the calendar. */
  readonly fromMs: number;
  readonly fromTime: Date;
  readonly guards: PodGuards;
  pre: HooksResult | undefined;
  post: HooksResult | undefined;
  /** How the guards ended. */
  guardReports: readonly GuardReport[];
};

/** The result of pre hooks that were not run, in a pod that must not be captured. */
export const nothingBegun: HooksResult = { outcomes: [], failed: true, anyStarted: false };

/**
 * Runs the hooks of one phase in a planned pod; outcomes go to report, log and observer. Never throws: whoever fails to
 * be told of a hook must not keep the next one, which may be a thaw, from running.
 */
export function runPodHooks(
  phase: HookPhase,
  planned: PlannedPod,
  run: BackupRun,
  signal: AbortSignal,
): Promise<HooksResult> {
  const { view, hooks } = planned;
  const { namespace, name } = view;
  const hint = phase === "post" ? thawHint(planned) : undefined;
  if (hooks[phase].length > 0) {
    tell(run, () => run.observe({ kind: "hooks-started", namespace, pod: name, phase }));
  }
  return runHooks(
    hooks[phase],
    view,
    {
      cluster: run.cluster,
      clock: run.clock,
      log: run.log,
      onOutput: (_hook, stream, chunk) =>
        tell(run, () => run.onHookOutput?.({ namespace, pod: name, phase }, stream, chunk)),
      onOutcome(outcome) {
        tell(run, () => run.report.hook(outcome, hint));
        tell(run, () => run.observe({ kind: "hook-ended", outcome }));
      },
    },
    signal,
  );
}

function tell({ log }: BackupRun, action: () => void): void {
  try {
    action();
  } catch (error) {
    log.write("error", `a fault of kubectl-ark while it told of a hook: ${messageOf(error)}`);
  }
}
