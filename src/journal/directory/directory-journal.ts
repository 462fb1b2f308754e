import { randomBytes } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import { ArkError } from "../../lib/errors.ts";
import { identityOfThisProcess, stateOfProcess } from "../../lib/system-process-identity.ts";
import type {
  FreezeJournal,
  JournalListing,
  JournalProblem,
  JournalRun,
  JournalRunFacts,
  OpenEntry,
} from "../freeze-journal.ts";
import {
  type JournalFilesystem,
  journalUnavailable,
  nodeJournalFilesystem,
} from "./journal-filesystem.ts";
import { FORMAT_VERSION, formatLine } from "./journal-lines.ts";
import { type FoundRun, readRunFile } from "./read-run-file.ts";
import { RunWriter, writeDurably } from "./run-writer.ts";

/** UTC time, process id, and the random part that entries are named after. */
const FILE_NAME = /^\d{8}T\d{6}Z-\d+-([0-9a-f]{8})\.jsonl$/;
const WRITABLE_BY_OTHERS = 0o022;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * A journal in a directory, for the owner only (0700, 0600): one file for each run, to which lines are only appended,
 * each of them synced. A file whose entries are all closed is removed, by its run or by a later one. Files of other users
 * are not read: what they say would be run in pods with the reader's rights.
 * @param files for tests, which make the disk fail
 */
export function createDirectoryJournal(
  directory: string,
  files: JournalFilesystem = nodeJournalFilesystem,
): FreezeJournal {
  return new DirectoryJournal(resolve(directory), files);
}

class DirectoryJournal implements FreezeJournal {
  readonly location: string;
  readonly #files: JournalFilesystem;

  constructor(directory: string, files: JournalFilesystem) {
    this.location = directory;
    this.#files = files;
  }

  open(run: JournalRunFacts): Promise<JournalRun> {
    return this.#translated(async () => {
      await this.#makeDirectory();
      await this.#tidy();
      const runId = randomBytes(4).toString("hex");
      const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
      const path = join(this.location, `${time}-${process.pid}-${runId}.jsonl`);
      const owner = identityOfThisProcess();
      const header = { type: "run", version: FORMAT_VERSION, owner, run } as const;
      const writer = await RunWriter.create({ path, runId }, header, this.#files);
      try {
        await this.#files.syncDirectory(this.location);
      } catch (error) {
        await writer.close();
        throw error;
      }
      return writer;
    });
  }

  async entries(): Promise<JournalListing> {
    const entries: OpenEntry[] = [];
    const problems: JournalProblem[] = [];
    for (const name of await this.#fileNames()) {
      const found = await this.#read(name);
      entries.push(...openEntries(found));
      problems.push(...found.problems.map((message) => ({ path: this.#pathOf(name), message })));
    }
    return { entries: entries.toSorted(byTime), problems };
  }

  async closeEntry(id: string, note: string): Promise<void> {
    const names = await this.#fileNames();
    const name = names.find((candidate) => FILE_NAME.exec(candidate)?.[1] === id.split("-")[0]);
    if (name === undefined || !(await this.#read(name)).open.has(id)) return;
    await this.#translated(async () => {
      const handle = await this.#files.openToAppend(this.#pathOf(name));
      try {
        const line = { type: "closed", id, at: new Date(), note } as const;
        await writeDurably(handle, Buffer.from(formatLine(line, { afterRest: true })));
      } finally {
        await handle.close().catch(() => {});
      }
    });
    await this.#removeIfOver(name);
  }

  #pathOf(name: string): string {
    return join(this.location, name);
  }

  #read(name: string): Promise<FoundRun> {
    return readRunFile(this.#pathOf(name), this.#files);
  }

  async #fileNames(): Promise<string[]> {
    const names = await this.#translated(() => this.#files.readDirectory(this.location));
    return names.filter((name) => FILE_NAME.test(name)).toSorted();
  }

  async #makeDirectory(): Promise<void> {
    const made = await this.#files.makeDirectory(this.location);
    const mode = await this.#files.modeOf(this.location);
    // Windows has no such bits, and shows some.
    if (process.getuid !== undefined && (mode & WRITABLE_BY_OTHERS) !== 0) {
      throw new ArkError("JournalUnavailable", `others may write to ${this.location}`, {
        hint: `Run: chmod 700 '${this.location}'. What is in it is run in pods with your rights.`,
      });
    }
    if (made === undefined) return;
    for (let path = this.location; path !== dirname(made); path = dirname(path)) {
      await this.#files.syncDirectory(dirname(path));
    }
  }

  /** Removes what runs have left behind that are over. Never throws: it is only tidying. */
  async #tidy(): Promise<void> {
    for (const name of await this.#fileNames().catch(() => [])) await this.#removeIfOver(name);
  }

  async #removeIfOver(name: string): Promise<void> {
    const { header, open, problems, mtimeMs } = await this.#read(name);
    if (open.size > 0 || problems.length > 0) return;
    // Without a header its run may be about to write one.
    const isOver = header ? stateOfProcess(header.owner) === "gone" : mtimeMs < Date.now() - DAY_MS;
    if (isOver) await this.#files.remove(this.#pathOf(name)).catch(() => {});
  }

  async #translated<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      throw journalUnavailable(this.location, error);
    }
  }
}

const byTime = (a: OpenEntry, b: OpenEntry): number => Number(a.frozenAt) - Number(b.frozenAt);

function openEntries({ header, open }: FoundRun): OpenEntry[] {
  if (header === undefined || open.size === 0) return [];
  const { startedAt: _startedAt, ...run } = header.run;
  const { host, pid } = header.owner;
  const owner = { host, pid, state: stateOfProcess(header.owner) };
  return [...open].map(([id, freeze]) => ({ id, ...run, ...freeze, owner }));
}
