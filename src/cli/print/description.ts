import type { BackupRecord, FindingRecord, HookRecord } from "../../api/backup-record.ts";
import type { StoredBackup } from "../../api/stored-backup.ts";
import type { StoredFile } from "../../store/backup-store.ts";
import { formatFinding } from "./backup-summary.ts";
import { escapeControls, escapeLine } from "./escape.ts";
import { describeBlocks } from "./description-blocks.ts";
import { field, indent } from "./description-fields.ts";
import { describePodVolumes, describeVolumes } from "./description-volumes.ts";
import { formatBytes, formatSeconds } from "./quantities.ts";
import { formatTable } from "./table.ts";
import { wrapList } from "./wrap.ts";

export type BackupDescription = {
  readonly backup: StoredBackup;
  /** Absent for a backup that another tool made. */
  readonly record: BackupRecord | undefined;
  readonly files: readonly StoredFile[];
};

export type DescriptionOptions = {
  readonly details: boolean;
  /** Columns of the terminal; undefined where lines may have any length. */
  readonly width?: number | undefined;
};

/** `describe`, in kubectl's manner: names to the left, values in a column, indented tables. */
export function formatDescription(
  { backup, record, files }: BackupDescription,
  options: DescriptionOptions,
): string {
  return [
    ...general(backup, record),
    ...specification(backup),
    ...(record ? hooks(record.hooks, options) : []),
    ...(record ? describeBlocks(record, options.width) : []),
    ...(record ? describeVolumes(record, options.width) : []),
    ...(record ? describePodVolumes(record, options) : []),
    ...(record ? findings("Errors", record.errors) : []),
    ...(record ? findings("Warnings", record.warnings) : []),
    ...(record ? resources(record) : []),
    ...fileList(files, options.details ? record : undefined),
    "",
  ].join("\n");
}

function general({ metadata, status }: StoredBackup, record: BackupRecord | undefined): string[] {
  return [
    field("Name", metadata.name),
    ...mapFields("Labels", metadata.labels),
    ...mapFields("Annotations", metadata.annotations),
    field("Phase", status?.phase ?? "New"),
    field("Started", status?.startTimestamp ?? "<unknown>"),
    field("Completed", status?.completionTimestamp ?? "<unknown>"),
    field("Expires", status?.expiration ?? "never"),
    ...(record ? [field("Context", `${record.cluster.context} (${record.cluster.server})`)] : []),
    ...(record ? [field("Items", formatItems(record))] : []),
  ];
}

function formatItems({ items }: BackupRecord): string {
  const skipped = Object.entries(items.skipped).filter(([, count]) => count > 0);
  const left = skipped.map(([reason, count]) => `${count} ${reason}`).join(", ");
  const stored = `${items.total} (${formatBytes(items.uncompressedBytes)})`;
  return left === "" ? stored : `${stored}, skipped: ${left}`;
}

function specification({ spec }: StoredBackup): string[] {
  const set = Object.entries(spec ?? {}).filter(
    ([name, value]) => value !== null && name !== "hooks" && JSON.stringify(value) !== "[]",
  );
  if (set.length === 0) return [field("Spec", "everything")];
  return ["Spec:", ...set.flatMap(([name, value]) => wrapList(`  ${name}: `, partsOf(value), 4))];
}

function partsOf(value: unknown): string[] {
  const parts: unknown[] = Array.isArray(value) ? value : [value];
  return parts.map((part) => escapeLine(formatValue(part)));
}

function formatValue(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function hooks(records: readonly HookRecord[], { details, width }: DescriptionOptions): string[] {
  if (records.length === 0) return [field("Hooks", "<none>")];
  const rows = records.map((hook) => [
    hook.phase,
    `${hook.namespace}/${hook.pod}`,
    hook.container,
    hook.command.join(" "),
    hook.status,
    hook.status === "skipped" ? "" : formatSeconds(hook.durationSeconds * 1000),
    hook.exitCode === undefined ? (hook.reason ?? "") : String(hook.exitCode),
  ]);
  const headers = ["PHASE", "POD", "CONTAINER", "COMMAND", "STATUS", "TIME", "EXIT"];
  const shown = details ? records : records.filter(({ status }) => status === "failed");
  const fit = width === undefined ? {} : { fit: { header: "COMMAND", width: width - 2 } };
  const table = formatTable(headers, rows, fit);
  return ["Hooks:", indent(table), ...shown.flatMap(hookOutput)];
}

function hookOutput(hook: HookRecord): string[] {
  const title = `  ${hook.phase} hook ${hook.name} in ${hook.namespace}/${hook.pod}`;
  const lines = [escapeLine(`${title}: ${hook.message ?? hook.status}`)];
  for (const name of ["stdout", "stderr"] as const) {
    const { text, omittedBytes } = hook[name];
    if (text === "") continue;
    const cut = omittedBytes > 0 ? ` (${formatBytes(omittedBytes)} left out in the middle)` : "";
    lines.push(`    ${name}${cut}:`, indent(escapeControls(text), 6));
  }
  return lines;
}

function findings(title: string, records: readonly FindingRecord[]): string[] {
  if (records.length === 0) return [field(title, "0")];
  return [
    field(title, String(records.length)),
    ...records.flatMap((finding) => [
      `  ${formatFinding(finding)}`,
      ...(finding.hint === undefined ? [] : [`    hint: ${escapeLine(finding.hint)}`]),
    ]),
  ];
}

function resources({ items }: BackupRecord): string[] {
  const rows = Object.entries(items.byResource).map(([kind, count]) => {
    return escapeLine(`  ${kind}: ${count}`);
  });
  return rows.length === 0 ? [field("Resources", "<none>")] : ["Resources:", ...rows];
}

function fileList(files: readonly StoredFile[], record: BackupRecord | undefined): string[] {
  const rows = files.map(({ name, sizeBytes }) => [
    name,
    formatBytes(sizeBytes),
    ...(record ? [record.files[name]?.sha256 ?? ""] : []),
  ]);
  const headers = ["NAME", "SIZE", ...(record ? ["SHA-256"] : [])];
  return ["Files:", indent(formatTable(headers, rows))];
}

/** One pair a line, as `kubectl describe`. */
function mapFields(
  name: string,
  map: Readonly<Record<string, string>> | null | undefined,
): string[] {
  const [first = "<none>", ...others] = Object.entries(map ?? {}).map(
    ([key, value]) => `${key}=${value}`,
  );
  return [field(name, first), ...others.map((pair) => `${" ".repeat(14)}${escapeLine(pair)}`)];
}
