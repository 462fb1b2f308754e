import type { HookOutcome } from "../hooks/hook.ts";
import type { BackupRun } from "./backup-run.ts";
import type { ItemBlock, PlannedPod } from "./group-items.ts";
import type { FreezeWindow } from "./freeze-window.ts";
import { guardPod, type PodGuards } from "./guard-pod.ts";
import { refreshPod } from "./read-planned-pod.ts";
import { nothingBegun, runPodHooks, type QuiescedPod } from "./run-pod-hooks.ts";

/**
 * Pre hooks of the block's pods, one pod after another, each behind its guard.
 * @param quiesced filled as it goes, so that what was begun is known however this ends
 */
export async function quiesceBlock(
  block: ItemBlock,
  quiesced: QuiescedPod[],
  run: BackupRun,
  window: FreezeWindow,
): Promise<void> {
  const { signal } = window;
  for (const planned of block.pods) {
    if (signal.aborted) return;
    const pod = await refreshPod(planned, run, signal);
    if (!pod) continue;
    await run.freezes.freezing(pod, signal);
    if (pod.hooks.pre.length > 0) window.begin();
    const guards = await guardPod(pod, run, window);
    const fromMs = run.clock.monotonicMs();
    const entry: QuiescedPod = {
      pod,
      guards,
      fromMs,
      pre: undefined,
      post: undefined,
      guardReports: [],
    };
    // Noted before the hooks run: an exception must not hide that something was frozen.
    quiesced.push(entry);
    entry.pre = isRefused(pod, guards, run)
      ? nothingBegun
      : await runPodHooks("pre", pod, run, signal);
    if (entry.pre.outcomes.every(isOver)) guards.tell("calm");
  }
}

/** Whether surely nothing of a hook runs any more. */
function isOver({ started, exitCode, remoteProcess }: HookOutcome): boolean {
  if (!started || exitCode !== undefined) return true;
  return remoteProcess !== undefined && remoteProcess !== "may still run";
}

function isRefused({ view }: PlannedPod, { refusal }: PodGuards, run: BackupRun): boolean {
  if (refusal === undefined) return false;
  const { namespace, name } = view;
  run.report.error({
    message: `no hook was run, because the pod cannot be guarded (${refusal})`,
    groupResource: "pods",
    namespace,
    name,
    hint: "--guard=auto quiesces it without a guard.",
  });
  return true;
}
