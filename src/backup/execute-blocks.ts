import { forEachParallel } from "../lib/bounded-parallel.ts";
import type { BackupRun } from "./backup-run.ts";
import { executeBlock } from "./execute-block.ts";
import { groupIntoWaves, type ItemBlock, type PlannedPod } from "./group-items.ts";

/**
 * Runs the blocks, at most `parallelism` at once; a higher hook order waits for the lower ones.
 * @throws ArkError Cancelled, after every block under way has run its post hooks
 */
export async function executeBlocks(
  blocks: readonly ItemBlock[],
  run: BackupRun,
  signal: AbortSignal,
): Promise<void> {
  const hooked = blocks.flatMap(({ pods }) => pods.filter(hasHooks));
  run.observe({ kind: "blocks-found", blocks: blocks.length, hookedPods: hooked.length });
  for (const wave of groupIntoWaves(blocks)) {
    await forEachParallel(
      wave,
      run.plan.request.parallelism,
      async (block) => {
        await executeBlock(block, run, signal);
        // Compression is slow: waited for only after the post hooks.
        await run.sink.drained();
      },
      signal,
    );
  }
}

const hasHooks = ({ hooks }: PlannedPod): boolean => hooks.pre.length + hooks.post.length > 0;
