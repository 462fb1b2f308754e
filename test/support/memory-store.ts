import { ArkError, throwIfAborted } from "../../src/lib/errors.ts";
import { assertBackupName, assertFileName, METADATA_FILE } from "../../src/store/backup-name.ts";
import type { BackupStore, BackupWriter, StoredFile } from "../../src/store/backup-store.ts";
import { backupExists, backupNotFound, fileNotFound } from "../../src/store/store-errors.ts";

type Files = Map<string, Uint8Array>;

/** A real BackupStore that forgets everything with the process. */
export class MemoryStore implements BackupStore {
  readonly url = "memory:";
  readonly #backups = new Map<string, Files>();

  async list(signal: AbortSignal): Promise<readonly string[]> {
    throwIfAborted(signal);
    return [...this.#backups.keys()].toSorted();
  }

  async create(name: string, signal: AbortSignal): Promise<BackupWriter> {
    assertBackupName(name);
    throwIfAborted(signal);
    if (this.#backups.has(name)) throw backupExists(name, this.url);
    return new MemoryWriter(name, (files) => {
      if (this.#backups.has(name)) throw backupExists(name, this.url);
      this.#backups.set(name, files);
    });
  }

  async files(name: string, signal: AbortSignal): Promise<readonly StoredFile[]> {
    throwIfAborted(signal);
    return [...this.#backup(name)]
      .map(([file, bytes]) => ({ name: file, sizeBytes: bytes.length }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  async *read(
    name: string,
    file: string,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    assertFileName(file);
    throwIfAborted(signal);
    const bytes = this.#backup(name).get(file);
    if (bytes === undefined) throw fileNotFound(file, name, this.url);
    for (let from = 0; from < bytes.length; from += 65_536) {
      throwIfAborted(signal);
      yield bytes.slice(from, from + 65_536);
    }
  }

  async delete(name: string, signal: AbortSignal): Promise<void> {
    assertBackupName(name);
    throwIfAborted(signal);
    this.#backups.delete(name);
  }

  #backup(name: string): Files {
    assertBackupName(name);
    const files = this.#backups.get(name);
    if (files === undefined) throw backupNotFound(name, this.url);
    return files;
  }
}

class MemoryWriter implements BackupWriter {
  readonly #name: string;
  readonly #put: (files: Files) => void;
  readonly #files: Files = new Map();
  readonly #writing = new Set<string>();
  #state: "open" | "published" | "discarded" = "open";

  constructor(name: string, put: (files: Files) => void) {
    this.#name = name;
    this.#put = put;
  }

  async write(file: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const chunks = content[Symbol.asyncIterator]();
    try {
      assertFileName(file);
      this.#assertOpen();
      if (this.#writing.has(file) || this.#files.has(file)) {
        throw new ArkError("Internal", `${file} was to be written twice`);
      }
      this.#writing.add(file);
      const parts: Uint8Array[] = [];
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
        this.#assertOpen();
        parts.push(next.value.slice());
      }
      this.#files.set(file, Buffer.concat(parts));
    } catch (error) {
      await chunks.return?.()?.catch(() => {});
      throw error;
    } finally {
      this.#writing.delete(file);
    }
  }

  async publish(): Promise<void> {
    this.#assertOpen();
    if (this.#writing.size > 0) {
      throw new ArkError("Internal", "a backup was to be published while it was being written");
    }
    if (!this.#files.has(METADATA_FILE)) {
      throw new ArkError("Internal", `a backup was to be published without ${METADATA_FILE}`);
    }
    this.#put(this.#files);
    this.#state = "published";
  }

  async discard(): Promise<void> {
    if (this.#state === "open") this.#state = "discarded";
  }

  #assertOpen(): void {
    if (this.#state !== "open") {
      throw new ArkError("Internal", `the backup ${this.#name} was already ${this.#state}`);
    }
  }
}
