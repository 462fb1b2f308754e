import type { HookOutcome } from "../../hooks/hook.ts";
import type { PodView } from "../../hooks/pod-view.ts";
import { forEachParallel } from "../../lib/bounded-parallel.ts";
import type { BackupRun } from "../backup-run.ts";
import { groupIntoSteps, type ItemBlock, type PlannedPod } from "./group-items.ts";
import type { FreezeWindow } from "./freeze-window.ts";
import { guardPod, type PodGuards } from "./guard-pod.ts";
import { refreshPod } from "./read-planned-pod.ts";
import { nothingBegun, runPodHooks, type QuiescedPod } from "./run-pod-hooks.ts";

/**
 * Pre hooks of the block's pods, one step after another, each behind its guard. In a scope wider than a pod the first
 * failure ends it: there is no one point in time any more.
 * @param quiesced filled as it goes, so that what was begun is known however this ends
 * @returns pods that were not tried after such a failure
 */
export async function quiesceBlock(
  block: ItemBlock,
  quiesced: QuiescedPod[],
  run: BackupRun,
  window: FreezeWindow,
): Promise<readonly PlannedPod[]> {
  const isWide = block.consistency !== "pod";
  const steps = groupIntoSteps(block);
  for (const [step, pods] of steps.entries()) {
    if (window.signal.aborted) return [];
    const quiesce = (pod: PlannedPod): Promise<void> =>
      quiescePod({ pod, step }, quiesced, run, window);
    // Not cut off by the signal in the middle: each pod sees it for itself.
    const { parallelism } = run.plan.request;
    await forEachParallel(pods, parallelism, quiesce, new AbortController().signal);
    const hasFailed = isWide && unquiescedPods({ pods }, quiesced).length > 0;
    if (hasFailed) return steps.slice(step + 1).flat();
  }
  return [];
}

async function quiescePod(
  { pod: planned, step }: { readonly pod: PlannedPod; readonly step: number },
  quiesced: QuiescedPod[],
  run: BackupRun,
  window: FreezeWindow,
): Promise<void> {
  const { signal } = window;
  if (signal.aborted) return;
  const pod = await refreshPod(planned, run, signal);
  if (!pod) return;
  await run.freezes.freezing(pod, signal);
  if (pod.hooks.pre.length > 0) window.begin();
  const guards = await guardPod(pod, run, window);
  const entry: QuiescedPod = {
    pod,
    step,
    guards,
    fromMs: run.clock.monotonicMs(),
    fromTime: run.clock.now(),
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

/** Pods that are not quiesced as they should be: a pre hook failed, or they are gone or were replaced. */
export function unquiescedPods(
  { pods }: Pick<ItemBlock, "pods">,
  quiesced: readonly QuiescedPod[],
): PlannedPod[] {
  const isQuiesced = ({ view }: PlannedPod): boolean =>
    quiesced.some(({ pod, pre }) => isSamePod(pod.view, view) && pre?.failed === false);
  return pods.filter((pod) => !isQuiesced(pod));
}

const isSamePod = (a: PodView, b: PodView): boolean =>
  a.namespace === b.namespace && a.name === b.name;

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
