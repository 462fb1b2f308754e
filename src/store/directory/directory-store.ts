import { randomBytes } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ArkError, throwIfAborted } from "../../lib/errors.ts";
import { assertBackupName, assertFileName, isBackupName, METADATA_FILE } from "../backup-name.ts";
import type { BackupStore, BackupWriter, StoredFile } from "../backup-store.ts";
import { backupBeingWritten, backupExists, backupNotFound, fileNotFound } from "../store-errors.ts";
import { DirectoryWriter } from "./directory-writer.ts";
import { type Filesystem, nodeFilesystem, orUndefined, storeUnavailable } from "./filesystem.ts";
import { removeLeftovers } from "./leftovers.ts";
import { claimName } from "./name-claim.ts";

const READ_BYTES = 256 * 1024;
/** File systems take 255 bytes for a file's name, and the longest of a backup's files adds 22 to the backup's. */
const MAX_NAME_LENGTH = 220;

/**
 * Backups in a directory: `<root>/backups/<name>/<file>`, for the owner only (0700, 0600). A backup is written in
 * `<root>/backups/.<name>.<random>.partial`, synced, and renamed; meanwhile
 * `<root>/backups/.<name>.claim` keeps others from the name. Directories without `velero-backup.json`, and
 * symbolic links, are no backups: never listed, read or deleted.
 * @param files for tests, which make the disk fail
 */
export function createDirectoryStore(
  root: string,
  files: Filesystem = nodeFilesystem,
): BackupStore {
  return new DirectoryStore(resolve(root), files);
}

class DirectoryStore implements BackupStore {
  readonly url: string;
  readonly #root: string;
  readonly #backups: string;
  readonly #files: Filesystem;

  constructor(root: string, files: Filesystem) {
    this.url = pathToFileURL(root).href;
    this.#root = root;
    this.#backups = join(root, "backups");
    this.#files = files;
  }

  async list(signal: AbortSignal): Promise<readonly string[]> {
    throwIfAborted(signal);
    return this.#translated(this.#backups, async () => {
      const entries = await orUndefined(this.#files.readDirectory(this.#backups), "ENOENT");
      const names: string[] = [];
      for (const { name, isDirectory } of entries ?? []) {
        throwIfAborted(signal);
        if (isDirectory && isBackupName(name) && (await this.#isBackup(name))) names.push(name);
      }
      return names.toSorted();
    });
  }

  async create(name: string, signal: AbortSignal): Promise<BackupWriter> {
    assertBackupName(name);
    if (name.length > MAX_NAME_LENGTH) {
      throw new ArkError(
        "Usage",
        `a backup in a directory has a name of at most ${MAX_NAME_LENGTH} characters`,
        {
          hint: "Choose a shorter name: file systems take 255 characters for a file.",
        },
      );
    }
    throwIfAborted(signal);
    try {
      return await this.#translated(this.#backups, () => this.#openWriter(name, signal));
    } catch (error) {
      // Whoever gave up does not want to hear of the disk.
      throwIfAborted(signal);
      throw error;
    }
  }

  async #openWriter(name: string, signal: AbortSignal): Promise<BackupWriter> {
    const target = join(this.#backups, name);
    const staging = this.#hiddenPath(name);
    await this.#makeBackupsDirectory();
    await removeLeftovers(this.#backups, this.#files);
    if (await this.#isTaken(target)) throw backupExists(name, this.url);
    const claim = await claimName(name, this.#backups, this.#files);
    if (claim === undefined) throw backupBeingWritten(name, this.url);
    try {
      // Again: its writer may have published and let go since.
      if (await this.#isTaken(target)) throw backupExists(name, this.url);
      throwIfAborted(signal);
      await this.#files.mkdir(staging);
    } catch (error) {
      await claim.release();
      throw error;
    }
    return new DirectoryWriter({ name, staging, target, claim, url: this.url }, this.#files);
  }

  async files(name: string, signal: AbortSignal): Promise<readonly StoredFile[]> {
    assertBackupName(name);
    throwIfAborted(signal);
    const directory = join(this.#backups, name);
    return this.#translated(directory, async () => {
      await this.#assertBackup(name);
      const entries = await this.#files.readDirectory(directory);
      const found: StoredFile[] = [];
      for (const entry of entries.filter(({ isFile }) => isFile)) {
        const status = await this.#files.lstat(join(directory, entry.name));
        if (status !== undefined) found.push({ name: entry.name, sizeBytes: status.sizeBytes });
      }
      return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  async *read(
    name: string,
    file: string,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    assertBackupName(name);
    assertFileName(file);
    throwIfAborted(signal);
    const path = join(this.#backups, name, file);
    const handle = await this.#translated(path, async () => {
      await this.#assertBackup(name);
      const isFile = (await this.#files.lstat(path))?.isFile === true;
      return isFile ? orUndefined(this.#files.openFile(path), "ENOENT") : undefined;
    });
    if (handle === undefined) throw fileNotFound(file, name, this.url);
    try {
      for (;;) {
        throwIfAborted(signal);
        const buffer = new Uint8Array(READ_BYTES);
        const { bytesRead } = await this.#translated(path, () =>
          handle.read(buffer, 0, READ_BYTES),
        );
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close().catch(() => {});
    }
  }

  async delete(name: string, signal: AbortSignal): Promise<void> {
    assertBackupName(name);
    throwIfAborted(signal);
    const directory = join(this.#backups, name);
    await this.#translated(directory, async () => {
      if (!(await this.#isBackup(name))) return;
      // Out of sight in one step: a delete that is cut off leaves no half of a backup.
      const doomed = this.#hiddenPath(name);
      const renamed = this.#files.rename(directory, doomed).then(() => true);
      if ((await orUndefined(renamed, "ENOENT")) === undefined) return;
      await this.#files.syncDirectory(this.#backups);
      await this.#files.remove(doomed);
    });
  }

  /** What list never shows, and removeLeftovers knows. */
  #hiddenPath(name: string): string {
    return join(this.#backups, `.${name.slice(0, 200)}.${randomBytes(8).toString("hex")}.partial`);
  }

  async #isBackup(name: string): Promise<boolean> {
    const directory = join(this.#backups, name);
    const status = await this.#files.lstat(directory);
    if (status?.isDirectory !== true) return false;
    return (await this.#files.lstat(join(directory, METADATA_FILE)))?.isFile === true;
  }

  async #assertBackup(name: string): Promise<void> {
    if (!(await this.#isBackup(name))) throw backupNotFound(name, this.url);
  }

  /** Also by something that is no backup; only an empty directory may be replaced. */
  async #isTaken(target: string): Promise<boolean> {
    const status = await this.#files.lstat(target);
    if (status === undefined) return false;
    return !status.isDirectory || (await this.#files.readDirectory(target)).length > 0;
  }

  async #makeBackupsDirectory(): Promise<void> {
    if ((await this.#files.lstat(this.#backups))?.isDirectory === true) return;
    await this.#files.makeParents(this.#backups);
    await this.#files.syncDirectory(this.#root);
    await this.#files.syncDirectory(dirname(this.#root));
  }

  async #translated<T>(path: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      throw storeUnavailable(path, error);
    }
  }
}
