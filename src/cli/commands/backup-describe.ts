import type { BackupRecord } from "../../api/backup-record.ts";
import { ArkError } from "../../lib/errors.ts";
import type { BackupStore } from "../../store/backup-store.ts";
import type { CliContext } from "../cli-context.ts";
import { openStore } from "../compose.ts";
import { EXIT } from "../exit-codes.ts";
import { formatDescription, type BackupDescription } from "../print/description.ts";
import { formatStructured } from "../print/structured.ts";
import { readBackupRecord, readStoredBackup } from "../stored-backups.ts";

export type DescribeArguments = {
  readonly name: readonly string[];
  readonly store?: string | undefined;
  readonly output?: "json" | "yaml" | undefined;
  readonly details?: boolean | undefined;
  readonly timeline?: boolean | undefined;
  /** A file, or "-". */
  readonly html?: string | undefined;
  readonly force?: boolean | undefined;
};

/** `backup describe NAME…`: the Backup object, kubectl-ark's record of it, and its files; or a picture of it. */
export async function runBackupDescribe(
  flags: DescribeArguments,
  context: CliContext,
): Promise<number> {
  assertOneForm(flags);
  const store = await openStore(flags.store, context);
  if (flags.timeline || flags.html !== undefined) return runPictures(flags, store, context);
  const descriptions: BackupDescription[] = [];
  for (const name of flags.name) {
    descriptions.push({
      backup: await readStoredBackup(store, name, context.signal),
      record: await readBackupRecord(store, name, context.signal),
      files: await store.files(name, context.signal),
    });
  }
  context.stdout.write(format(descriptions, flags, context));
  return EXIT.ok;
}

/** @throws ArkError Usage */
function assertOneForm({ name, output, timeline, html, force }: DescribeArguments): void {
  const forms = [
    ...(output === undefined ? [] : ["--output"]),
    ...(timeline ? ["--timeline"] : []),
    ...(html === undefined ? [] : ["--html"]),
  ];
  if (forms.length > 1) throw new ArkError("Usage", `${forms.join(" and ")} exclude each other`);
  if (html === "") throw new ArkError("Usage", "--html needs the name of a file, or -");
  if (html !== undefined && name.length > 1) {
    throw new ArkError("Usage", "--html makes the page of one backup: name only one");
  }
  if (force && html === undefined)
    throw new ArkError("Usage", "--force is of use with --html only");
}

async function runPictures(
  { name: names, html, force, details = false }: DescribeArguments,
  store: BackupStore,
  context: CliContext,
): Promise<number> {
  const { timelineText, writeHtmlPage } = await import("./describe-output.ts");
  const records: BackupRecord[] = [];
  for (const name of names) records.push(await readOwnRecord(store, name, context.signal));
  if (html === undefined) {
    const texts = records.map((record) => timelineText(record, context, { details }));
    context.stdout.write(texts.join("\n"));
    return EXIT.ok;
  }
  for (const record of records) await writeHtmlPage(record, { file: html, force }, context);
  return EXIT.ok;
}

/** @throws ArkError Usage for a backup that another tool made, and as `readStoredBackup` */
async function readOwnRecord(
  store: BackupStore,
  name: string,
  signal: AbortSignal,
): Promise<BackupRecord> {
  await readStoredBackup(store, name, signal);
  const record = await readBackupRecord(store, name, signal);
  if (record !== undefined) return record;
  throw new ArkError("Usage", `backup ${name} was made by another tool: it has no times to draw`, {
    hint: `See what there is: kubectl ark backup describe ${name}`,
  });
}

function format(
  descriptions: readonly BackupDescription[],
  { output, details = false }: DescribeArguments,
  { stdout }: CliContext,
): string {
  if (output === undefined) {
    const width = stdout.isTTY ? stdout.columns : undefined;
    return descriptions.map((one) => formatDescription(one, { details, width })).join("\n\n");
  }
  const value = descriptions.length === 1 ? descriptions[0] : descriptions;
  return formatStructured(value, output);
}
