import { runHooks, type HooksResult } from "../hooks/run-hooks.ts";
import type { HookPhase } from "../hooks/hook.ts";
import type { BackupRun } from "./backup-run.ts";
import type { PlannedPod } from "./group-items.ts";

/** A pod whose pre hooks were begun; a result is undefined while its hooks run, and when they broke off. */
export type QuiescedPod = {
  readonly pod: PlannedPod;
  /** When its pre hooks were begun, by the monotonic clock. */
  readonly fromMs: number;
  pre: HooksResult | undefined;
  post: HooksResult | undefined;
};

/** Runs the hooks of one phase in a planned pod; outcomes go to report, log and observer. Never throws. */
export function runPodHooks(
  phase: HookPhase,
  { view, hooks }: PlannedPod,
  run: BackupRun,
  signal: AbortSignal,
): Promise<HooksResult> {
  const { namespace, name } = view;
  if (hooks[phase].length > 0) run.observe({ kind: "hooks-started", namespace, pod: name, phase });
  return runHooks(
    hooks[phase],
    view,
    {
      cluster: run.cluster,
      clock: run.clock,
      log: run.log,
      onOutcome(outcome) {
        run.report.hook(outcome);
        run.observe({ kind: "hook-ended", outcome });
      },
    },
    signal,
  );
}
