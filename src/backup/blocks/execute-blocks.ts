import { forEachParallel } from "../../lib/bounded-parallel.ts";
import type { BackupRun } from "../backup-run.ts";
import { executeBlock } from "./execute-block.ts";
import { groupIntoWaves, type ItemBlock, type PlannedPod } from "./group-items.ts";
import { countUnreachableBlocks, type UnreachableBlocks } from "./unreachable-blocks.ts";

/**
 * Runs the blocks, at most `parallelism` at once; a higher hook order waits for the lower ones. A server that is gone
 * is given up, which is in the report.
 * @throws ArkError JournalUnavailable, mostly before any hook; Cancelled, after every block under way has run its post hooks
 */
export async function executeBlocks(
  blocks: readonly ItemBlock[],
  run: BackupRun,
  signal: AbortSignal,
): Promise<void> {
  const hooked = blocks.flatMap(({ pods }) => pods.filter(hasHooks));
  run.observe({ kind: "blocks-found", blocks: blocks.length, hookedPods: hooked.length });
  await run.freezes.open(hooked, signal);
  const unreachable = countUnreachableBlocks(run);
  try {
    for (const wave of groupIntoWaves(blocks)) await executeWave(wave, unreachable, run, signal);
    unreachable.reportUntried();
  } finally {
    await run.freezes.close();
  }
}

async function executeWave(
  wave: readonly ItemBlock[],
  unreachable: UnreachableBlocks,
  run: BackupRun,
  signal: AbortSignal,
): Promise<void> {
  await forEachParallel(
    wave,
    run.plan.request.parallelism,
    async (block) => {
      await unreachable.attempt(block, (watched) => executeBlock(block, watched, signal));
      // Compression is slow: waited for only after the post hooks.
      await run.sink.drained();
    },
    signal,
  );
}

const hasHooks = ({ hooks }: PlannedPod): boolean => hooks.pre.length + hooks.post.length > 0;
