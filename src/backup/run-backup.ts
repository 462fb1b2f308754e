import type { BackupReport } from "./backup-report.ts";
import { openBackupOutput, type BackupOutput } from "./backup-output.ts";
import type { BackupRequest } from "./backup-request.ts";
import type { BackupRun, Ports } from "./backup-run.ts";
import { collectBlocks } from "./collect-blocks.ts";
import { createActions } from "./create-actions.ts";
import { executeBlocks } from "./execute-blocks.ts";
import { createItemSink } from "./item-sink.ts";
import { FreezeNotes } from "./journalled-hooks.ts";
import { observed } from "./observed.ts";
import { planBackup, type BackupPlan } from "./plan-backup.ts";
import { sealBackup } from "./seal-backup.ts";
import { createItemStorer } from "./store-item.ts";
import { storeResources } from "./store-resources.ts";
import { warnAboutVolumeData } from "./volume-data.ts";

/**
 * Takes a backup: plan → pods into blocks → hooks and capture → everything else → seal → publish.
 * What goes wrong with single items is in the report; nothing is published when this throws.
 * @throws ArkError InvalidDocument, BackupExists, StoreUnavailable, JournalUnavailable, ClusterUnreachable, …; Cancelled after the post
 * hooks of every block under way have run
 */
export async function runBackup(
  request: BackupRequest,
  ports: Ports,
  signal: AbortSignal,
): Promise<BackupReport> {
  const plan = await planBackup(request, ports.cluster, signal);
  const output = await openBackupOutput(request, ports, signal);
  try {
    const run = createRun(plan, output, ports);
    ports.observe({ kind: "planned", plan });
    await run.freezes.warnAboutLeftFrozen();
    const blocks = await collectBlocks(run, signal);
    await executeBlocks(blocks, run, signal);
    warnAboutVolumeData(blocks, run);
    await storeResources(run, signal);
    ports.observe({ kind: "publishing" });
    return await sealBackup(run, output);
  } catch (error) {
    throw await output.discard(error);
  }
}

/** @returns the record that the steps share, with the report and the log telling the observer too */
function createRun(plan: BackupPlan, output: BackupOutput, ports: Ports): BackupRun {
  const { cluster, clock, observe, hurry } = ports;
  const { archive, resourceList } = output;
  const { log } = output.logFile;
  const report = observed(output.report, log, observe);
  const { apiVersions } = plan.request;
  const sink = createItemSink({ archive, resourceList, report, apiVersions });
  for (const finding of plan.warnings) report.warn(finding);
  const actions = createActions(plan, cluster, report);
  const items = createItemStorer({ plan, cluster, sink, report, actions });
  const freezes = new FreezeNotes({ plan, cluster, clock, observe, report }, ports.journal);
  return { plan, cluster, clock, log, observe, hurry, report, sink, items, freezes };
}
