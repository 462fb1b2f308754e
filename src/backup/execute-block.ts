import { messageOf } from "../lib/errors.ts";
import type { BackupRun } from "./backup-run.ts";
import { captureBlock } from "./capture-block.ts";
import type { ItemBlock, PlannedPod } from "./group-items.ts";
import { refreshPod } from "./read-planned-pod.ts";
import { runPodHooks, type QuiescedPod } from "./run-pod-hooks.ts";

/**
 * Pre hooks of all pods, capture, post hooks: one function, so that whatever happens between, a pod whose pre hooks
 * were begun gets its post hooks. Ark 0.8.1 lost them in an early return (#511), Velero loses them for a pod whose
 * second pre hook fails; here they are in a `finally`.
 * Hook failures are in the report, never thrown.
 * @throws ArkError Cancelled when the signal aborts, after the post hooks have run
 */
export async function executeBlock(
  block: ItemBlock,
  run: BackupRun,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = run.clock.monotonicMs();
  const startedAt = run.clock.now();
  const quiesced: QuiescedPod[] = [];
  try {
    await quiesce(block, quiesced, run, signal);
    if (!signal.aborted) await captureBlock(quiesced, run, signal);
  } finally {
    await thaw(quiesced, run);
    reportBlock(block, quiesced, { startedAt, startedMs }, run);
  }
}

async function quiesce(
  block: ItemBlock,
  quiesced: QuiescedPod[],
  run: BackupRun,
  signal: AbortSignal,
): Promise<void> {
  for (const planned of block.pods) {
    if (signal.aborted) return;
    const pod = await refreshPod(planned, run, signal);
    if (!pod) continue;
    const fromMs = run.clock.monotonicMs();
    const entry: QuiescedPod = { pod, fromMs, pre: undefined, post: undefined };
    // Noted before the hooks run: an exception must not hide that something was frozen.
    quiesced.push(entry);
    entry.pre = await runPodHooks("pre", pod, run, signal);
  }
}

/**
 * Post hooks in reverse order. They do not listen to Ctrl-C: each is bounded by its own time-out.
 * Only where surely nothing was begun (the pre hooks failed before any was started) there is nothing to undo.
 */
async function thaw(quiesced: readonly QuiescedPod[], run: BackupRun): Promise<void> {
  const unstoppable = new AbortController().signal;
  for (const entry of quiesced.toReversed()) {
    const { pod, pre } = entry;
    const nothingBegun = pre !== undefined && pre.failed && !pre.anyStarted;
    if (nothingBegun) continue;
    try {
      entry.post = await runPodHooks("post", pod, run, unstoppable);
    } catch (error) {
      // A fault of ours in one pod must not keep the next one frozen.
      const { namespace, name } = pod.view;
      const message = `post hooks broke off: ${messageOf(error)}`;
      run.report.error({ message, groupResource: "pods", namespace, name });
    }
  }
}

const podName = ({ view }: PlannedPod): string => `${view.namespace}/${view.name}`;

/** Whether a command may have run in the pod. */
const wasTouched = ({ pre, post }: QuiescedPod): boolean =>
  pre === undefined || pre.anyStarted || post?.anyStarted === true;

function reportBlock(
  block: ItemBlock,
  quiesced: readonly QuiescedPod[],
  { startedAt, startedMs }: { readonly startedAt: Date; readonly startedMs: number },
  run: BackupRun,
): void {
  const endedMs = run.clock.monotonicMs();
  const pods = block.pods.map(podName);
  const failed = quiesced.filter(({ pre }) => pre?.failed);
  const first = quiesced.find(wasTouched);
  run.report.block({
    startedAt,
    durationMs: endedMs - startedMs,
    pods,
    claims: block.claims,
    failedPods: failed.map(({ pod }) => podName(pod)),
    quiescedMs: first && endedMs - first.fromMs,
  });
  run.observe({ kind: "block-ended", pods });
}
