import type { Finding } from "./backup-report.ts";
import { createReportBuilder } from "./backup-report.ts";
import type { BackupRequest } from "./backup-request.ts";
import type { BackupRun, Ports } from "./backup-run.ts";
import { collectBlocks } from "./collect-blocks.ts";
import { createActions } from "./create-actions.ts";
import type { ItemBlock } from "./group-items.ts";
import { createItemSink } from "./item-sink.ts";
import { observed } from "./observed.ts";
import { planBackup, type BackupPlan } from "./plan-backup.ts";
import { createItemStorer } from "./store-item.ts";

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
  ports: Ports,
  signal: AbortSignal,
): Promise<DryRun> {
  const plan = await planBackup(request, ports.cluster, signal);
  const findings = createReportBuilder();
  const nowhere = { write: () => {} };
  const report = observed(findings, nowhere, () => {});
  for (const finding of plan.warnings) report.warn(finding);
  const sink = createItemSink({
    archive: { add: () => {}, drained: async () => {} },
    resourceList: { add: () => {} },
    report,
    apiVersions: false,
  });
  const { cluster, clock, observe } = ports;
  const actions = createActions(plan, cluster, report);
  const items = createItemStorer({ plan, cluster, sink, report, actions });
  const run: BackupRun = { plan, cluster, clock, log: nowhere, observe, report, sink, items };
  const blocks = await collectBlocks(run, signal);
  const now = clock.now();
  const { errors, warnings } = findings.build({
    name: request.name,
    startedAt: now,
    completedAt: now,
    itemCount: sink.total(),
    itemCounts: {},
    uncompressedBytes: 0,
  });
  return { plan, blocks, errors, warnings };
}
