import type { HookOutcome } from "../hooks/hook.ts";
import type { Log } from "../lib/log.ts";
import type { BackupObserver } from "./backup-events.ts";
import { findingOfHook, type Finding, type ReportBuilder } from "./backup-report.ts";

/** What the steps of a backup report to. */
export type RunReport = Omit<ReportBuilder, "build" | "hook"> & {
  /** As `warn`, but once for each key however often it happens. */
  warnOnce(key: string, finding: Finding): void;
  /** @param hint what to do when the hook has failed */
  hook(outcome: HookOutcome, hint?: string): void;
};

/** A report builder whose findings also go to the log and to whoever watches. */
export function observed(report: ReportBuilder, log: Log, observe: BackupObserver): RunReport {
  const tell = (severity: "warning" | "error", finding: Finding): void => {
    const { groupResource, namespace, name, message } = finding;
    log.write(severity, message, { groupResource, namespace, name });
    observe({ kind: "finding", severity, finding });
  };
  const warn = (finding: Finding): void => {
    report.warn(finding);
    tell("warning", finding);
  };
  const error = (finding: Finding): void => {
    report.error(finding);
    tell("error", finding);
  };
  const warned = new Set<string>();
  return {
    skip: (reason) => report.skip(reason),
    block: (block) => report.block(block),
    volume: (volume) => report.volume(volume),
    podVolume: (volume) => report.podVolume(volume),
    warn,
    warnOnce(key, finding) {
      if (warned.has(key)) return;
      warned.add(key);
      warn(finding);
    },
    error,
    hook(outcome, hint) {
      report.hook(outcome);
      if (outcome.status !== "failed") return;
      error({ ...findingOfHook(outcome), ...(hint !== undefined && { hint }) });
    },
  };
}
