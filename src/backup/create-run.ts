import type { BackupOutput } from "./backup-output.ts";
import type { BackupRun, Ports } from "./backup-run.ts";
import { createActions } from "./items/create-actions.ts";
import { createItemSink } from "./items/item-sink.ts";
import { FreezeNotes } from "./blocks/journalled-hooks.ts";
import { observed } from "./observed.ts";
import { openRunVolumes } from "./volumes/open-run-volumes.ts";
import type { BackupPlan } from "./plan/plan-backup.ts";
import { createItemStorer } from "./items/store-item.ts";

/** @returns the record that the steps share, with the report and the log telling the observer too */
export function createRun(plan: BackupPlan, output: BackupOutput, ports: Ports): BackupRun {
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
  const volumes = openRunVolumes(plan, { log, write: output.write }, ports);
  return { plan, cluster, clock, log, observe, hurry, report, sink, items, freezes, volumes };
}
