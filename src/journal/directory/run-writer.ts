import { ArkError } from "../../lib/errors.ts";
import type { Freeze, JournalRun } from "../freeze-journal.ts";
import {
  type JournalFile,
  type JournalFilesystem,
  journalUnavailable,
} from "./journal-filesystem.ts";
import { formatLine, type JournalHeader, type JournalLine } from "./journal-lines.ts";

/** No larger file is read, so none is written. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

export type RunFile = { readonly path: string; readonly runId: string };

/** Appends to the file of one run, a line at a time: the disk has each before the next is begun. */
export class RunWriter implements JournalRun {
  readonly #file: RunFile;
  readonly #handle: JournalFile;
  readonly #files: JournalFilesystem;
  readonly #open = new Set<string>();
  #count = 0;
  #sizeBytes = 0;
  /** After a write that failed the last line may be incomplete. */
  #hasRest = false;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(file: RunFile, handle: JournalFile, files: JournalFilesystem) {
    this.#file = file;
    this.#handle = handle;
    this.#files = files;
  }

  /** @throws what the disk throws; the file is then removed as far as that can be done */
  static async create(
    file: RunFile,
    header: JournalHeader,
    files: JournalFilesystem,
  ): Promise<RunWriter> {
    const handle = await files.createFile(file.path);
    const writer = new RunWriter(file, handle, files);
    try {
      await writer.#append(header);
      return writer;
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  async freezing(freeze: Freeze): Promise<string> {
    this.#count += 1;
    const id = `${this.#file.runId}-${this.#count}`;
    try {
      await this.#append({ type: "freezing", id, freeze });
    } catch (error) {
      // Whatever of it has reached the disk: nothing will be frozen.
      const at = freeze.frozenAt;
      await this.#append({ type: "closed", id, at, note: "not begun" }).catch(() => {});
      throw error;
    }
    this.#open.add(id);
    return id;
  }

  async thawed(id: string): Promise<void> {
    await this.#append({ type: "thawed", id, at: new Date() });
    this.#open.delete(id);
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#handle.close().catch(() => {});
    if (this.#open.size === 0) await this.#files.remove(this.#file.path).catch(() => {});
  }

  #append(line: JournalLine): Promise<void> {
    const appending = this.#last.then(() => this.#write(line));
    this.#last = appending.catch(() => {});
    return appending;
  }

  async #write(line: JournalLine): Promise<void> {
    const { path } = this.#file;
    const bytes = Buffer.from(formatLine(line, { afterRest: this.#hasRest }));
    this.#sizeBytes += bytes.length;
    if (line.type === "freezing" && this.#sizeBytes > MAX_FILE_BYTES) {
      throw new ArkError("JournalUnavailable", `the journal of freezes ${path} is full`, {
        hint: "Back up fewer pods with hooks in one run, or make their commands shorter.",
      });
    }
    this.#hasRest = true;
    try {
      await writeDurably(this.#handle, bytes);
    } catch (error) {
      throw journalUnavailable(path, error);
    }
    this.#hasRest = false;
  }
}

/** Writes all bytes and waits until the disk has them. */
export async function writeDurably(handle: JournalFile, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) {
    const { bytesWritten } = await handle.write(rest);
    rest = rest.subarray(bytesWritten);
  }
  await handle.sync();
}
