import { assertPermitted } from "./permissions/assert-permitted.ts";
import type { BackupReport } from "./backup-report.ts";
import { openBackupOutput } from "./backup-output.ts";
import type { BackupRequest } from "./backup-request.ts";
import type { Ports } from "./backup-run.ts";
import { collectBlocks } from "./blocks/collect-blocks.ts";
import { createRun } from "./create-run.ts";
import { executeBlocks } from "./blocks/execute-blocks.ts";
import { discardVolumes } from "./volumes/open-run-volumes.ts";
import { planBackup } from "./plan/plan-backup.ts";
import { removeLeftVolumes, withLeft } from "./volumes/remove-left-volumes.ts";
import { sealBackup } from "./seal-backup.ts";
import { settleVolumes } from "./volumes/settle-volumes.ts";
import { storeResources } from "./items/store-resources.ts";
import { reportUncapturable } from "./volumes/volume-data.ts";

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
  const run = createRun(plan, output, ports);
  try {
    ports.observe({ kind: "planned", plan });
    await run.freezes.warnAboutLeftFrozen();
    await removeLeftVolumes(run, ports, signal);
    const blocks = await collectBlocks(run, signal);
    await assertPermitted(blocks, run, signal);
    reportUncapturable(blocks, run);
    await executeBlocks(blocks, run, signal);
    await storeResources(run, signal);
    await settleVolumes(run, signal);
    ports.observe({ kind: "publishing" });
    return await sealBackup(run, output);
  } catch (error) {
    const left = await discardVolumes(run.volumes);
    throw await output.discard(withLeft(error, left));
  }
}
