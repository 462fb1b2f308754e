import type { BackupReport, Finding } from "../../backup/backup-report.ts";
import { escapeLine } from "./escape.ts";
import { collapseForbidden, forbiddenAdvice } from "./forbidden-lists.ts";
import { formatBytes, formatSeconds, plural } from "./quantities.ts";

/** How many lines of findings a summary shows; `describe` has them all. */
const shownFindings = 20;

/** The last lines of `backup`: what was stored, what went wrong, where it is. */
export function formatBackupSummary(report: BackupReport, storeUrl: string): string {
  const { name, phase, itemCount, hooks, blocks } = report;
  const ran = hooks.filter(({ status }) => status !== "skipped");
  const failed = ran.filter(({ status }) => status === "failed").length;
  const quiesced = blocks.map(({ quiescedMs }) => quiescedMs).filter((ms) => ms !== undefined);
  const duration = report.completedAt.getTime() - report.startedAt.getTime();
  const facts = [
    plural(itemCount, "object"),
    formatBytes(report.uncompressedBytes),
    `${plural(ran.length, "hook")}${failed > 0 ? ` (${failed} failed)` : ""}`,
    ...volumeFacts(report.volumes),
    ...(quiesced.length > 0 ? [`longest freeze ${formatSeconds(Math.max(...quiesced))}`] : []),
    `took ${formatSeconds(duration)}`,
  ];
  return [
    `Backup ${name} ${phase}: ${facts.join(", ")}.`,
    ...formatFindings("error", collapseForbidden(report.errors)),
    ...formatFindings("warning", report.warnings),
    ...forbiddenAdvice(report.errors, itemCount),
    `Stored in ${storeUrl}; see: kubectl ark backup describe ${name}`,
    "",
  ].join("\n");
}

/** "3 volumes snapshotted", "2 volumes copied (1.1 GiB, stored as 412.0 MiB)", "1 volume failed" */
function volumeFacts(volumes: BackupReport["volumes"]): string[] {
  const captured = volumes.filter(({ result }) => result === "captured");
  // One whose copy failed has its snapshot all the same.
  const snapshots = volumes.filter(({ snapshot }) => snapshot?.readyTimestamp).length;
  const copies = captured.flatMap(({ data }) => data ?? []);
  const copied = formatBytes(copies.reduce((sum, data) => sum + data.uncompressedBytes, 0));
  const stored = formatBytes(copies.reduce((sum, data) => sum + data.sizeBytes, 0));
  const failed = volumes.filter(({ result }) => result === "failed").length;
  return [
    ...(snapshots > 0 ? [`${plural(snapshots, "volume")} snapshotted`] : []),
    ...(copies.length > 0
      ? [`${plural(copies.length, "volume")} copied (${copied}, stored as ${stored})`]
      : []),
    ...(failed > 0 ? [`${plural(failed, "volume")} failed`] : []),
  ];
}

export function formatFindings(severity: string, findings: readonly Finding[]): string[] {
  const lines = findings.slice(0, shownFindings).flatMap((finding) => {
    const hint = finding.hint === undefined ? [] : [`  hint: ${escapeLine(finding.hint)}`];
    return [`${severity}: ${formatFinding(finding)}`, ...hint];
  });
  const more = findings.length - shownFindings;
  return more > 0 ? [...lines, `… and ${plural(more, `more ${severity}`)}`] : lines;
}

/** "pods shop/db-0: message" */
export function formatFinding({ groupResource, namespace, name, message }: Finding): string {
  const object = [namespace, name].filter((part) => part !== undefined && part !== "").join("/");
  const about = [groupResource, object].filter((part) => part !== undefined && part !== "");
  return escapeLine(about.length === 0 ? message : `${about.join(" ")}: ${message}`);
}
