import type { BackupStore, BackupWriter } from "../../src/store/backup-store.ts";
import { chunksOf } from "./bytes.ts";

/** A published backup of the given files, to which the metadata is added. */
export async function publishBackup(
  store: BackupStore,
  name: string,
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  const writer = await store.create(name, new AbortController().signal);
  await writeFiles(writer, files);
  await writer.publish();
}

export async function writeFiles(
  writer: BackupWriter,
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const [file, text] of Object.entries({ ...files, "velero-backup.json": "{}" })) {
    await writer.write(file, chunksOf(text));
  }
}
