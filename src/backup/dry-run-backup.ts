import { reviewPermissions } from "./permissions/assert-permitted.ts";
import type { Finding } from "./backup-report.ts";
import type { BackupRequest } from "./backup-request.ts";
import { collectBlocks } from "./blocks/collect-blocks.ts";
import { createDetachedRun, type DetachedPorts } from "./detached-run.ts";
import type { ItemBlock } from "./blocks/group-items.ts";
import { planBackup, type BackupPlan } from "./plan/plan-backup.ts";
import { reportUncapturable } from "./volumes/volume-data.ts";

export type DryRun = {
  readonly plan: BackupPlan;
  readonly blocks: readonly ItemBlock[];
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
};

/**
 * The plan of a backup and nothing else: reads pods, runs no hook, writes nothing.
 * @throws ArkError as `runBackup` before it opens the store
 */
export async function dryRunBackup(
  request: BackupRequest,
  ports: DetachedPorts,
  signal: AbortSignal,
): Promise<DryRun> {
  const plan = await planBackup(request, ports.cluster, signal);
  const { run, findings } = createDetachedRun(plan, ports);
  const blocks = await collectBlocks(run, signal);
  reportUncapturable(blocks, run);
  const verdict = await reviewPermissions(blocks, run, signal);
  if (verdict) run.report[verdict.isDecisive ? "error" : "warn"](verdict.finding);
  const now = ports.clock.now();
  const { errors, warnings } = findings.build({
    name: request.name,
    startedAt: now,
    completedAt: now,
    itemCount: run.sink.total(),
    itemCounts: {},
    uncompressedBytes: 0,
  });
  return { plan, blocks, errors, warnings };
}
