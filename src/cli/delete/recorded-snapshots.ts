import type { BackupRecord } from "../../api/backup-record.ts";
import { ArkError, hasCode, messageOf } from "../../lib/errors.ts";
import type { BackupStore } from "../../store/backup-store.ts";
import type { RecordedSnapshot } from "../../volumes/snapshots/remove-snapshots.ts";
import { readBackupRecord } from "../stored-backups.ts";

/** A published backup and its snapshots, which are in a cluster. */
export type StoredBackupSnapshots = {
  readonly name: string;
  readonly snapshots: readonly RecordedSnapshot[];
  /** Where they are; undefined for a backup without a record, which has none that we know of. */
  readonly cluster: BackupRecord["cluster"] | undefined;
};

/** @throws ArkError ArchiveCorrupt when it cannot be told which snapshots there are; else as `readBackupRecord` */
export async function readRecordedSnapshots(
  store: BackupStore,
  name: string,
  signal: AbortSignal,
): Promise<StoredBackupSnapshots> {
  try {
    const record = await readBackupRecord(store, name, signal);
    return { name, snapshots: snapshotsOf(record), cluster: record?.cluster };
  } catch (error) {
    if (!hasCode(error, "ArchiveCorrupt")) throw error;
    const message = `backup ${name}: ${messageOf(error)}, so that its volume snapshots are not known`;
    const hint = "Nothing was deleted. --keep-snapshots deletes the files without asking for them.";
    throw new ArkError("ArchiveCorrupt", message, { hint, cause: error });
  }
}

/** Those that the backup was published with: a failed one was removed when it failed. */
function snapshotsOf(record: BackupRecord | undefined): RecordedSnapshot[] {
  const volumes = record?.blocks.flatMap((block) => block.volumes) ?? [];
  return volumes.flatMap(({ claim: key, result, snapshot }) => {
    if (snapshot === undefined) return [];
    if (result !== "captured" && snapshot.readyTimestamp === undefined) return [];
    const [namespace = "", claim = ""] = key.split("/");
    const { name, contentName, contentUid, handle, deletionPolicy } = snapshot;
    return [{ namespace, claim, name, contentName, contentUid, handle, deletionPolicy }];
  });
}
