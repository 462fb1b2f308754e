import type { BackupRecord, FindingRecord, HookRecord } from "../../api/backup-record.ts";
import type { StoredBackup } from "../../api/stored-backup.ts";
import type { StoredFile } from "../../store/backup-store.ts";
import { formatFinding } from "./backup-summary.ts";
import { escapeControls, escapeLine } from "./escape.ts";
import { formatBytes, formatSeconds } from "./quantities.ts";
import { formatTable } from "./table.ts";
import { textWidth, wrapList } from "./wrap.ts";

export type BackupDescription = {
  readonly backup: StoredBackup;
  /** Absent for a backup that another tool made. */
  readonly record: BackupRecord | undefined;
  readonly files: readonly StoredFile[];
};

/** `describe`, in kubectl's manner: names to the left, values in a column, indented tables. */
export function formatDescription(
  { backup, record, files }: BackupDescription,
  options: { readonly details: boolean },
): string {
  return [
    ...general(backup, record),
    ...specification(backup),
    ...(record ? hooks(record.hooks, options.details) : []),
    ...(record ? blocks(record) : []),
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

function hooks(records: readonly HookRecord[], details: boolean): string[] {
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
  const table = formatTable(headers, rows, { fit: { header: "COMMAND", width: textWidth - 2 } });
  return ["Hooks:", indent(table), ...shown.flatMap(hookOutput)];
}

function hookOutput(hook: HookRecord): string[] {
  const title = `  ${hook.phase} hook ${hook.name} in ${hook.namespace}/${hook.pod}`;
  const lines = [`${title}: ${escapeLine(hook.message ?? hook.status)}`];
  for (const name of ["stdout", "stderr"] as const) {
    const { text, omittedBytes } = hook[name];
    if (text === "") continue;
    const cut = omittedBytes > 0 ? ` (${formatBytes(omittedBytes)} left out in the middle)` : "";
    lines.push(`    ${name}${cut}:`, indent(escapeControls(text), 6));
  }
  return lines;
}

function blocks({ blocks: all }: BackupRecord): string[] {
  const quiesced = all.filter((block) => block.quiescedSeconds !== undefined);
  if (quiesced.length === 0) return [];
  const isAnyFailed = quiesced.some(({ failedPods }) => failedPods.length > 0);
  const rows = quiesced.flatMap((block) =>
    stackCells([
      block.pods,
      block.claims,
      [block.startTimestamp.replace(/\.\d+Z$/, "Z")],
      [formatSeconds((block.quiescedSeconds ?? 0) * 1000)],
      [...new Set(block.guards.map(({ state }) => state))],
      ...(isAnyFailed ? [block.failedPods] : []),
    ]),
  );
  const failedHeader = isAnyFailed ? ["NOT QUIESCED"] : [];
  const headers = ["PODS", "CLAIMS", "FROM", "FROZEN FOR", "GUARD", ...failedHeader];
  return ["Blocks (pods that were quiesced together):", indent(formatTable(headers, rows))];
}

/** Cells with several lines as rows, one below the other. */
function stackCells(cells: readonly (readonly string[])[]): string[][] {
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    cells.map((lines) => lines[line] ?? (line === 0 ? "" : " ")),
  );
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
  const rows = Object.entries(items.byResource).map(([kind, count]) => `  ${kind}: ${count}`);
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

function field(name: string, value: string): string {
  return `${`${name}:`.padEnd(14)}${escapeLine(value)}`;
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

function indent(text: string, by = 2): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => " ".repeat(by) + line)
    .join("\n");
}
