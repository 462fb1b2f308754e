import type { StoredBackup } from "../../api/stored-backup.ts";
import { ArkError, messageOf } from "../../lib/errors.ts";
import { formatLabelSelector, matchesLabels } from "../../lib/label-selector.ts";
import { parseLabelSelector } from "../../lib/parse-label-selector.ts";
import { systemClock } from "../../lib/system-clock.ts";
import type { BackupStore } from "../../store/backup-store.ts";
import type { CliContext } from "../cli-context.ts";
import { openStore } from "../compose.ts";
import { EXIT } from "../exit-codes.ts";
import { escapeLine } from "../print/escape.ts";
import { formatAge } from "../print/quantities.ts";
import { formatStructured } from "../print/structured.ts";
import { formatTable } from "../print/table.ts";
import { readStoredBackup } from "../stored-backups.ts";

export type GetArguments = {
  readonly name?: readonly string[] | undefined;
  readonly selector?: string | undefined;
  readonly store?: string | undefined;
  readonly output?: "json" | "yaml" | "wide" | "name" | undefined;
  readonly "no-headers"?: boolean | undefined;
};

/** `backup get [NAME…]`: a table, or the Backup objects; one that was asked for by name comes bare (as Ark). */
export async function runBackupGet(flags: GetArguments, context: CliContext): Promise<number> {
  const store = await openStore(flags.store, context);
  const selector = parseLabelSelector(flags.selector ?? "");
  const wanted = flags.name ?? [];
  const names = wanted.length > 0 ? wanted : await store.list(context.signal);
  const { backups, failures } = await readAll(store, names, context.signal);
  const selected = backups.filter(({ metadata }) => matchesLabels(selector, metadata.labels ?? {}));
  for (const failure of failures) context.stderr.write(`error: ${escapeLine(failure)}\n`);
  if (selected.length === 0 && failures.length === 0) {
    context.stderr.write(`No backups found in ${store.url}.\n`);
  }
  context.stdout.write(format(selected.toSorted(compareBackups), wanted.length === 1, flags));
  return failures.length > 0 ? EXIT.failed : EXIT.ok;
}

async function readAll(
  store: BackupStore,
  names: readonly string[],
  signal: AbortSignal,
): Promise<{ backups: StoredBackup[]; failures: string[] }> {
  const backups: StoredBackup[] = [];
  const failures: string[] = [];
  for (const name of names) {
    try {
      backups.push(await readStoredBackup(store, name, signal));
    } catch (error) {
      if (!(error instanceof ArkError) || signal.aborted) throw error;
      const message = messageOf(error);
      failures.push(error.code === "BackupNotFound" ? message : `backup ${name}: ${message}`);
    }
  }
  return { backups, failures };
}

function format(backups: readonly StoredBackup[], isBare: boolean, flags: GetArguments): string {
  const { output } = flags;
  if (output === "json" || output === "yaml") {
    const list = { apiVersion: "v1", kind: "List", items: backups };
    return formatStructured(isBare && backups.length === 1 ? backups[0] : list, output);
  }
  if (output === "name") {
    return backups.map(({ metadata }) => `backup.velero.io/${metadata.name}\n`).join("");
  }
  if (backups.length === 0) return "";
  const isWide = output === "wide";
  const headers = ["NAME", "STATUS", "ERRORS", "WARNINGS", "CREATED", "EXPIRES", "SELECTOR"];
  const now = systemClock.now();
  return formatTable(
    isWide ? [...headers, "ITEMS", "CONTEXT"] : headers,
    backups.map((backup) => rowOf(backup, now, isWide)),
    { noHeaders: flags["no-headers"] },
  );
}

function rowOf({ metadata, spec, status }: StoredBackup, now: Date, isWide: boolean): string[] {
  const created = status?.startTimestamp ?? metadata.creationTimestamp ?? "";
  const row = [
    metadata.name,
    status?.phase ?? "New",
    String(status?.errors ?? 0),
    String(status?.warnings ?? 0),
    created,
    formatExpiry(status?.expiration, now),
    formatSelector(spec?.["labelSelector"]),
  ];
  if (!isWide) return row;
  const items = status?.progress?.itemsBackedUp;
  return [
    ...row,
    items == null ? "" : String(items),
    metadata.annotations?.["kubectl-ark/context"] ?? "",
  ];
}

/** As Ark: a short duration, "… ago" when past, "n/a" when it never expires. */
function formatExpiry(expiration: string | null | undefined, now: Date): string {
  const time = Date.parse(expiration ?? "");
  if (Number.isNaN(time)) return "n/a";
  const left = time - now.getTime();
  return left >= 0 ? formatAge(left) : `${formatAge(-left)} ago`;
}

function formatSelector(selector: unknown): string {
  if (typeof selector !== "object" || selector === null) return "";
  try {
    return formatLabelSelector(selector);
  } catch {
    return "?";
  }
}

const timed = /^(.*)-(\d{14})$/;

/** By name, but backups that differ only in their time newest first (as Ark). */
function compareBackups(a: StoredBackup, b: StoredBackup): number {
  const [nameA, nameB] = [a.metadata.name, b.metadata.name];
  const [timedA, timedB] = [timed.exec(nameA), timed.exec(nameB)];
  const isSameSeries = timedA && timedB && timedA[1] === timedB[1];
  const order = nameA < nameB ? -1 : Number(nameA > nameB);
  return isSameSeries ? -order : order;
}
