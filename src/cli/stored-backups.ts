import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { parseBackupRecord, type BackupRecord } from "../api/backup-record.ts";
import { parseStoredBackup, type StoredBackup } from "../api/stored-backup.ts";
import { backupFiles } from "../archive/layout.ts";
import { hasCode } from "../lib/errors.ts";
import { didYouMean } from "../lib/suggest.ts";
import { ArkError } from "../lib/errors.ts";
import type { BackupStore } from "../store/backup-store.ts";

/** @throws ArkError BackupNotFound (with near names), ArchiveCorrupt, StoreUnavailable */
export async function readStoredBackup(
  store: BackupStore,
  name: string,
  signal: AbortSignal,
): Promise<StoredBackup> {
  const content = await readText(store, { name, file: backupFiles(name).metadata }, signal);
  return parseStoredBackup(content);
}

/** Undefined for a backup that another tool made. @throws ArkError as `readStoredBackup` */
export async function readBackupRecord(
  store: BackupStore,
  name: string,
  signal: AbortSignal,
): Promise<BackupRecord | undefined> {
  const { record } = backupFiles(name);
  const files = await store.files(name, signal);
  if (!files.some((file) => file.name === record)) return undefined;
  return parseBackupRecord(await readText(store, { name, file: record }, signal));
}

async function readText(
  store: BackupStore,
  { name, file }: { readonly name: string; readonly file: string },
  signal: AbortSignal,
): Promise<string> {
  try {
    return await text(Readable.from(store.read(name, file, signal)));
  } catch (error) {
    if (!hasCode(error, "BackupNotFound")) throw error;
    const known = await store.list(signal).catch((): string[] => []);
    throw known.includes(name) ? error : backupNotStored(name, store, known);
  }
}

/** BackupNotFound, with near names. */
export function backupNotStored(
  name: string,
  store: BackupStore,
  known: readonly string[],
): ArkError {
  return new ArkError(
    "BackupNotFound",
    `there is no backup "${name}" in ${store.url}${didYouMean(name, known)}`,
    { hint: "See `kubectl ark backup get` for what there is, and --store for where to look." },
  );
}

/** @throws ArkError BackupNotFound (with near names) when the backup is not there */
export async function assertStored(
  store: BackupStore,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const known = await store.list(signal);
  if (!known.includes(name)) throw backupNotStored(name, store, known);
}
