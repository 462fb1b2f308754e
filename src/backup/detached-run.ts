import { createReportBuilder, type ReportBuilder } from "./backup-report.ts";
import type { BackupRun, Ports } from "./backup-run.ts";
import { createActions } from "./items/create-actions.ts";
import { createItemSink } from "./items/item-sink.ts";
import { FreezeNotes } from "./blocks/journalled-hooks.ts";
import { observed } from "./observed.ts";
import type { BackupPlan } from "./plan/plan-backup.ts";
import { createItemStorer } from "./items/store-item.ts";

/** A run that stores nothing: for a dry run, and for a rehearsal of hooks. */
export type DetachedRun = { readonly run: BackupRun; readonly findings: ReportBuilder };

export type DetachedPorts = Omit<Ports, "store" | "clientProcess">;

export function createDetachedRun(plan: BackupPlan, ports: DetachedPorts): DetachedRun {
  const { cluster, clock, observe, hurry, onHookOutput } = ports;
  const findings = createReportBuilder();
  const log = { write: () => {} };
  const report = observed(findings, log, () => {});
  for (const finding of plan.warnings) report.warn(finding);
  const sink = createItemSink({
    archive: { add: () => {}, drained: async () => {} },
    resourceList: { add: () => {} },
    report,
    apiVersions: false,
  });
  const actions = createActions(plan, cluster, report);
  const items = createItemStorer({ plan, cluster, sink, report, actions });
  const freezes = new FreezeNotes({ plan, cluster, clock, observe, report }, ports.journal);
  return {
    findings,
    run: { plan, cluster, clock, log, observe, hurry, onHookOutput, report, sink, items, freezes },
  };
}
