import { dirname, join } from "node:path";
import { ArkError } from "../../lib/errors.ts";
import { assertFileName, METADATA_FILE } from "../backup-name.ts";
import type { BackupWriter } from "../backup-store.ts";
import { backupExists } from "../store-errors.ts";
import { type Filesystem, type OpenFile, storeUnavailable } from "./filesystem.ts";
import type { NameClaim } from "./name-claim.ts";

export type Staged = {
  readonly name: string;
  /** The directory that is being filled. */
  readonly staging: string;
  /** What it is renamed to. */
  readonly target: string;
  /** Let go when the backup is published or discarded. */
  readonly claim: NameClaim;
  readonly url: string;
};

/** Fills a hidden directory and renames it in the end: rename(2) is what makes a backup whole or absent. */
export class DirectoryWriter implements BackupWriter {
  readonly #staged: Staged;
  readonly #files: Filesystem;
  readonly #written = new Map<string, "writing" | "whole">();
  /** Files that failed half-written, and that the disk would not remove. */
  readonly #halves = new Set<string>();
  #state: "open" | "published" | "discarded" = "open";

  constructor(staged: Staged, files: Filesystem) {
    this.#staged = staged;
    this.#files = files;
  }

  async write(file: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const chunks = content[Symbol.asyncIterator]();
    try {
      await this.#writeChunks(file, chunks);
    } catch (error) {
      // Also when it was never read: whoever fills `content` must not wait for ever.
      await chunks.return?.()?.catch(() => {});
      throw error;
    }
  }

  async publish(): Promise<void> {
    this.#assertOpen();
    if ([...this.#written.values()].includes("writing")) {
      throw new ArkError("Internal", "a backup was to be published while it was being written");
    }
    if (!this.#written.has(METADATA_FILE)) {
      throw new ArkError("Internal", `a backup was to be published without ${METADATA_FILE}`);
    }
    const { staging, target } = this.#staged;
    try {
      for (const path of this.#halves) await this.#files.remove(path);
      await this.#files.syncDirectory(staging);
      await this.#rename();
      this.#state = "published";
      await this.#files.syncDirectory(dirname(target));
      await this.#staged.claim.release();
    } catch (error) {
      throw storeUnavailable(target, error);
    }
  }

  async discard(): Promise<void> {
    if (this.#state === "published") return;
    this.#state = "discarded";
    await this.#files.remove(this.#staged.staging).catch(() => {});
    await this.#staged.claim.release();
  }

  async #writeChunks(file: string, chunks: AsyncIterator<Uint8Array>): Promise<void> {
    assertFileName(file);
    this.#assertOpen();
    if (this.#written.has(file)) throw new ArkError("Internal", `${file} was to be written twice`);
    this.#written.set(file, "writing");
    const path = join(this.#staged.staging, file);
    try {
      const handle = await this.#disk(() => this.#files.createFile(path), path);
      try {
        await this.#copy(chunks, handle, path);
        await this.#disk(() => handle.sync(), path);
      } finally {
        await handle.close().catch(() => {});
      }
      this.#assertOpen();
      this.#written.set(file, "whole");
    } catch (error) {
      // What is published holds whole files only.
      await this.#files.remove(path).then(
        () => this.#halves.delete(path),
        () => this.#halves.add(path),
      );
      this.#written.delete(file);
      throw error;
    }
  }

  async #copy(chunks: AsyncIterator<Uint8Array>, handle: OpenFile, path: string): Promise<void> {
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      this.#assertOpen();
      for (let rest = next.value; rest.length > 0;) {
        const part = rest;
        const { bytesWritten } = await this.#disk(() => handle.write(part), path);
        rest = part.subarray(bytesWritten);
      }
    }
  }

  /** A directory that is not empty, a file and a link are never replaced by rename(2); which of them it was, lstat tells. */
  async #rename(): Promise<void> {
    const { name, staging, target, url } = this.#staged;
    try {
      await this.#files.rename(staging, target);
    } catch (error) {
      if ((await this.#files.lstat(target)) !== undefined) throw backupExists(name, url);
      throw error;
    }
  }

  async #disk<T>(action: () => Promise<T>, path: string): Promise<T> {
    try {
      return await action();
    } catch (error) {
      throw storeUnavailable(path, error);
    }
  }

  #assertOpen(): void {
    if (this.#state !== "open") {
      throw new ArkError("Internal", `the backup ${this.#staged.name} was already ${this.#state}`);
    }
  }
}
