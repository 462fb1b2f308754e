/**
 * PORT: where backups are kept. A backup is a flat set of files under one name; its layout inside is the archive's
 * business. Keys follow Velero: `<root>/backups/<name>/<file>`.
 *
 * Contract for every store:
 * - Atomic: a backup is either not there or whole. What was not published is never listed or read.
 * - Names are checked by `assertBackupName` and `assertFileName` before anything is touched.
 * - `delete` is idempotent. Reading what is not there is BackupNotFound.
 * - Nothing is ever overwritten: a second `create` of the same name is BackupExists, at create or at publish.
 */
export interface BackupStore {
  /** For messages: "file:///home/a/.local/share/kubectl-ark". */
  readonly url: string;

  /** Names of the published backups, sorted. A store that does not exist yet holds none. @throws ArkError StoreUnavailable */
  list(signal: AbortSignal): Promise<readonly string[]>;

  /** @throws ArkError BackupExists, StoreUnavailable (not writable, disk full) */
  create(name: string, signal: AbortSignal): Promise<BackupWriter>;

  /** Files of a published backup, sorted by name. @throws ArkError BackupNotFound, StoreUnavailable */
  files(name: string, signal: AbortSignal): Promise<readonly StoredFile[]>;

  /** The bytes of one file. @throws ArkError BackupNotFound (no such backup or file), StoreUnavailable; also while iterating */
  read(name: string, file: string, signal: AbortSignal): AsyncIterable<Uint8Array>;

  /** Resolves also when there is no such backup. @throws ArkError StoreUnavailable */
  delete(name: string, signal: AbortSignal): Promise<void>;
}

export type StoredFile = { readonly name: string; readonly sizeBytes: number };

/** A backup that is being written. Exactly one of `publish` and `discard` ends it. */
export interface BackupWriter {
  /**
   * Writes a whole file; several may be written side by side, each name once. A write that fails leaves nothing of its
   * file and does not disturb the others: the backup can be published without it, and the name may be written again.
   * @throws ArkError StoreUnavailable, or what `content` throws
   */
  write(file: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Makes the backup visible, all at once and durably, with the files that were written whole. @throws ArkError BackupExists, StoreUnavailable */
  publish(): Promise<void>;
  /** Removes everything that was written. Idempotent, never throws. */
  discard(): Promise<void>;
}
