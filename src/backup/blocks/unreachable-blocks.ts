import type { Finding } from "../backup-report.ts";
import type { BackupRun } from "../backup-run.ts";
import type { ItemBlock } from "./group-items.ts";

/** Blocks in a row whose pods could not be read before the rest is given up: each try costs its retries. */
const unreachableLimit = 5;

/** Counts blocks that failed because the server is gone, as `storeResources` counts kinds. */
export type UnreachableBlocks = {
  /** Runs a block, unless the server was given up. */
  attempt(block: ItemBlock, execute: (run: BackupRun) => Promise<void>): Promise<void>;
  /** Puts the blocks that were not tried into the report. */
  reportUntried(): void;
};

export function countUnreachableBlocks(run: BackupRun): UnreachableBlocks {
  const untried: string[] = [];
  let inARow = 0;
  return {
    async attempt(block, execute) {
      if (inARow >= unreachableLimit) {
        untried.push(...block.pods.map(({ view }) => `${view.namespace}/${view.name}`));
        return;
      }
      let isUnreachable = false;
      const error = (finding: Finding): void => {
        isUnreachable ||= finding.code === "ClusterUnreachable" || finding.code === "Timeout";
        run.report.error(finding);
      };
      await execute({ ...run, report: { ...run.report, error } });
      inARow = isUnreachable ? inARow + 1 : 0;
    },
    reportUntried() {
      if (untried.length === 0) return;
      run.report.error({
        message: `given up after the pods of ${unreachableLimit} blocks in a row could not be read; not in the backup, and no hook was run in them: ${untried.join(", ")}`,
        groupResource: "pods",
        code: "ClusterUnreachable",
      });
    },
  };
}
