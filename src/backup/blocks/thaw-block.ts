import { messageOf } from "../../lib/errors.ts";
import { isPhaseClean } from "../../hooks/run-hooks.ts";
import type { BackupRun } from "../backup-run.ts";
import { remarkOnGuard } from "./guard-reports.ts";
import { runPodHooks, type QuiescedPod } from "./run-pod-hooks.ts";

/**
 * Post hooks in reverse order of the steps. They do not listen to Ctrl-C: each is bounded by its own time-out. A second Ctrl-C makes
 * those that are still to come start at once, side by side. Guards are ended meanwhile: no pod waits frozen for that.
 * Never throws.
 */
export async function thawBlock(quiesced: readonly QuiescedPod[], run: BackupRun): Promise<void> {
  for (const { guards } of quiesced) guards.tell("thawing");
  const hurry = whenAborted(run.hurry);
  const ending: Promise<void>[] = [];
  const thaw = (entry: QuiescedPod): Promise<void> => {
    const brokeOff = (error: unknown): void =>
      // A fault of ours in one pod must not keep the next one frozen.
      reportThaw(entry, `post hooks broke off: ${messageOf(error)}`, run);
    const thawing = runPostHooks(entry, run).catch(brokeOff);
    ending.push(thawing.then(() => endGuards(entry, run)).catch(brokeOff));
    return thawing;
  };
  const steps = Map.groupBy(quiesced.toReversed(), ({ step }) => step);
  for (const step of [...steps.keys()].toSorted((a, b) => b - a)) {
    await Promise.race([Promise.all((steps.get(step) ?? []).map(thaw)), hurry]);
  }
  await Promise.all(ending);
}

/** Only where surely nothing was begun (the pre hooks failed before any was started) there is nothing to undo. */
const isUntouched = ({ pre }: QuiescedPod): boolean =>
  pre !== undefined && pre.failed && !pre.anyStarted;

async function runPostHooks(entry: QuiescedPod, run: BackupRun): Promise<void> {
  if (isUntouched(entry) || entry.guards.hasThawed()) return;
  entry.post = await runPodHooks("post", entry.pod, run, new AbortController().signal);
}

async function endGuards(entry: QuiescedPod, run: BackupRun): Promise<void> {
  const { pod, post, guards } = entry;
  const isThawed = isUntouched(entry) || guards.hasThawed() || isPhaseClean(post);
  entry.guardReports = await guards.conclude(isThawed);
  if (isUntouched(entry)) return;
  const { namespace, name } = pod.view;
  for (const report of entry.guardReports) {
    const remark = remarkOnGuard(report, post !== undefined && !isPhaseClean(post));
    if (!remark) continue;
    const finding = { message: remark.message, groupResource: "pods", namespace, name };
    if (remark.severity === "error") run.report.error(finding);
    else run.report.warn(finding);
  }
}

function reportThaw({ pod }: QuiescedPod, message: string, run: BackupRun): void {
  const { namespace, name } = pod.view;
  run.report.error({ message, groupResource: "pods", namespace, name });
}

function whenAborted(signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal?.aborted) resolve();
  else signal?.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
