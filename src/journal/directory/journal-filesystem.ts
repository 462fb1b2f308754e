import { constants, promises as fs } from "node:fs";
import { errorCodeOf } from "../../lib/error-code.ts";
import { ArkError, messageOf } from "../../lib/errors.ts";
import { makeDirectories } from "../../lib/system-directories.ts";

/** What the journal does to a disk, in one place: tests make any one of these fail. */
export type JournalFilesystem = {
  /** With all parents, for the owner only. @returns the first directory that had to be made, undefined for none */
  readonly makeDirectory: (path: string) => Promise<string | undefined>;
  /** For appending; there must be no such file. For the owner only. */
  readonly createFile: (path: string) => Promise<JournalFile>;
  /** For appending to a file that is there; never through a symbolic link. */
  readonly openToAppend: (path: string) => Promise<JournalFile>;
  /** For reading; never through a symbolic link, never waiting for a FIFO's writer. */
  readonly openToRead: (path: string) => Promise<JournalFile>;
  readonly syncDirectory: (path: string) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
  /** Names; empty when there is no directory. */
  readonly readDirectory: (path: string) => Promise<readonly string[]>;
  /** Permission bits of the directory. */
  readonly modeOf: (path: string) => Promise<number>;
};

export type JournalFile = Pick<fs.FileHandle, "read" | "write" | "sync" | "stat" | "close">;

const flag = (name: "O_NOFOLLOW" | "O_NONBLOCK"): number => {
  // Windows knows neither.
  const known: Partial<Record<string, number>> = constants;
  return known[name] ?? 0;
};
const APPEND = constants.O_WRONLY | constants.O_APPEND | flag("O_NOFOLLOW") | flag("O_NONBLOCK");

export const nodeJournalFilesystem: JournalFilesystem = {
  makeDirectory: (path) => makeDirectories(path, 0o700),
  createFile: (path) => fs.open(path, "ax", 0o600),
  openToAppend: (path) => fs.open(path, APPEND),
  openToRead: (path) => fs.open(path, constants.O_RDONLY | flag("O_NOFOLLOW") | flag("O_NONBLOCK")),
  syncDirectory,
  remove: (path) => fs.rm(path, { force: true }),
  async readDirectory(path) {
    try {
      return await fs.readdir(path);
    } catch (error) {
      if (errorCodeOf(error) === "ENOENT") return [];
      throw error;
    }
  },
  modeOf: async (path) => (await fs.stat(path)).mode,
};

async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await fs.open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Windows opens no directories, some network file systems cannot sync them.
    if (!["EISDIR", "EPERM", "EINVAL", "ENOTSUP"].includes(errorCodeOf(error))) throw error;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "your disk quota is used up",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  ENOTDIR: "a part of the path is not a directory",
  EEXIST: "there is something else in its place",
  EISDIR: "it is a directory",
  ELOOP: "it is a symbolic link",
  ENXIO: "it is no ordinary file",
  EMFILE: "too many files are open",
  EIO: "the disk reports an error",
};

/** What went wrong, in words: "the disk is full". */
export function reasonOf(error: unknown): string {
  return REASONS[errorCodeOf(error)] ?? messageOf(error);
}

/** An error of the file system as JournalUnavailable, which names the path; an ArkError as it is. */
export function journalUnavailable(path: string, error: unknown): ArkError {
  if (error instanceof ArkError) return error;
  return new ArkError(
    "JournalUnavailable",
    `the journal of freezes cannot be used: ${path}: ${reasonOf(error)}`,
    {
      hint: "No pod is frozen without it. Make room there, or set XDG_STATE_HOME to a directory that you can write.",
      cause: error,
    },
  );
}
