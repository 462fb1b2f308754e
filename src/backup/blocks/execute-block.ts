import { formatGoDuration } from "../../lib/duration.ts";
import { hasCode, throwIfAborted } from "../../lib/errors.ts";
import type { BackupRun } from "../backup-run.ts";
import { captureBlock, capturePods, leaveOutFailed } from "./capture-block.ts";
import type { CapturedVolume } from "../volumes/captured-volume.ts";
import { openFreezeWindow, type FreezeWindow } from "./freeze-window.ts";
import type { ItemBlock, PlannedPod } from "./group-items.ts";
import { noteCaptured } from "../volumes/note-captured.ts";
import { quiesceBlock, unquiescedPods } from "./quiesce-block.ts";
import type { QuiescedPod } from "./run-pod-hooks.ts";
import { thawBlock } from "./thaw-block.ts";

/**
 * Pre hooks of all pods, capture, post hooks: one function, so that whatever happens between, a pod whose pre hooks
 * were begun gets its post hooks. Ark 0.8.1 lost them in an early return (#511), Velero loses them for a pod whose
 * second pre hook fails; here they are in a `finally`.
 * Hook failures, and a freeze that lasts too long, are in the report, never thrown.
 * @throws ArkError after the post hooks have run: Cancelled when the signal aborts, JournalUnavailable
 */
export async function executeBlock(
  block: ItemBlock,
  run: BackupRun,
  signal: AbortSignal,
): Promise<void> {
  const times: BlockTimes = { startedMs: run.clock.monotonicMs(), startedAt: run.clock.now() };
  const quiesced: QuiescedPod[] = [];
  const captured: CapturedVolume[] = [];
  let untried: readonly PlannedPod[] = [];
  const window = openFreezeWindow(run, signal);
  try {
    untried = await quiesceBlock(block, quiesced, run, window);
    if (!window.signal.aborted) {
      if (unquiescedPods(block, quiesced).length === 0) times.quiescedAt = run.clock.now();
      await captureBlock({ block, quiesced, untried, captured }, run, window.signal);
    }
  } catch (error) {
    throwIfAborted(signal);
    if (!window.broken() || hasCode(error, "JournalUnavailable")) throw error;
  } finally {
    window.close();
    await thawBlock(quiesced, run);
    times.thawAt = run.clock.now();
    if (window.broken()) leaveOutFailed(quiesced, run);
    reportWindow(block, window, run);
    reportBlock(block, quiesced, times, run);
    await run.freezes.ended(quiesced);
  }
  noteCaptured({ block, quiesced, captured }, window, run);
  await capturePods({ pods: untried, atOnce: 1 }, run, signal);
}

type BlockTimes = {
  readonly startedMs: number;
  readonly startedAt: Date;
  quiescedAt?: Date;
  thawAt?: Date;
};

const podName = ({ view }: PlannedPod): string => `${view.namespace}/${view.name}`;

/** A guard that has ended early is reported with its pod. */
function reportWindow(block: ItemBlock, window: FreezeWindow, run: BackupRun): void {
  const broken = window.broken();
  const pods = block.pods.map(podName).join(", ");
  if (broken?.kind === "max-freeze") {
    const limit = formatGoDuration(run.plan.request.maxFreezeMs);
    run.report.error({
      message: `max-freeze of ${limit} passed before ${pods} was captured: thawed, and what was captured is not consistent`,
      hint: "Find out which hook or request is slow in `kubectl ark backup logs`, or allow more with --max-freeze.",
    });
  }
  if (broken?.kind === "silence") {
    const seconds = Math.round(broken.silentMs / 1000);
    run.report.error({
      message: `this client did nothing for ${seconds} s (stopped, or its machine slept) while ${pods} was frozen: a guard may have thawed it, so what was captured is not consistent`,
      hint: "Keep the machine awake while a backup runs.",
    });
  }
}

/** Whether a command may have run in the pod. */
const wasTouched = ({ pre, post }: QuiescedPod): boolean =>
  pre === undefined || pre.anyStarted || post?.anyStarted === true;

function reportBlock(
  block: ItemBlock,
  quiesced: readonly QuiescedPod[],
  { startedAt, startedMs, quiescedAt, thawAt }: BlockTimes,
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
    ...(first && {
      quiescedMs: endedMs - first.fromMs,
      freezeAt: first.fromTime,
      quiescedAt,
      thawAt,
    }),
    guards: quiesced.flatMap(({ guardReports }) => guardReports),
  });
  run.observe({ kind: "block-ended", pods });
}
