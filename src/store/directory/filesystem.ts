import { constants, promises as fs } from "node:fs";
import { errorCodeOf } from "../../lib/error-code.ts";
import { ArkError, messageOf } from "../../lib/errors.ts";
import { makeDirectories } from "../../lib/system-directories.ts";

/** What the directory store does to a disk, in one place: tests make any one of these fail. */
export type Filesystem = {
  readonly mkdir: (path: string) => Promise<void>;
  readonly makeParents: (path: string) => Promise<void>;
  /** For writing; there must be no such file. */
  readonly createFile: (path: string) => Promise<OpenFile>;
  /** For reading; never through a symbolic link, never waiting for a FIFO's writer. */
  readonly openFile: (path: string) => Promise<OpenFile>;
  readonly syncDirectory: (path: string) => Promise<void>;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
  /** Removes a directory with nothing in it. */
  readonly removeEmpty: (path: string) => Promise<void>;
  /** Sets the time of the last change to now. */
  readonly touch: (path: string) => Promise<void>;
  readonly readDirectory: (path: string) => Promise<readonly Entry[]>;
  /** Of the path itself, not of what a link points to; undefined when there is none. */
  readonly lstat: (path: string) => Promise<Status | undefined>;
};

export type Entry = {
  readonly name: string;
  readonly isDirectory: boolean;
  readonly isFile: boolean;
};
export type OpenFile = Pick<fs.FileHandle, "read" | "write" | "sync" | "close">;

export type Status = Omit<Entry, "name"> & { readonly sizeBytes: number; readonly mtimeMs: number };

const OWNER_DIRECTORY = 0o700;
const OWNER_FILE = 0o600;

export const nodeFilesystem: Filesystem = {
  mkdir: (path) => fs.mkdir(path, OWNER_DIRECTORY),
  async makeParents(path) {
    await makeDirectories(path, OWNER_DIRECTORY);
  },
  createFile: (path) => fs.open(path, "wx", OWNER_FILE),
  openFile: (path) => fs.open(path, constants.O_RDONLY | unlessWindows("O_NOFOLLOW", "O_NONBLOCK")),
  syncDirectory,
  rename: (from, to) => fs.rename(from, to),
  remove: (path) => fs.rm(path, { recursive: true, force: true, maxRetries: 2 }),
  removeEmpty: (path) => fs.rmdir(path),
  touch: (path) => fs.utimes(path, new Date(), new Date()),
  async readDirectory(path) {
    const entries = await fs.readdir(path, { withFileTypes: true });
    return entries.map((entry) => ({
      name: entry.name,
      isDirectory: entry.isDirectory(),
      isFile: entry.isFile(),
    }));
  },
  async lstat(path) {
    const stats = await orUndefined(fs.lstat(path), "ENOENT");
    if (stats === undefined) return undefined;
    const { size: sizeBytes, mtimeMs } = stats;
    return { isDirectory: stats.isDirectory(), isFile: stats.isFile(), sizeBytes, mtimeMs };
  },
};

/** The result, or undefined when it fails with one of the given codes of the operating system. */
export async function orUndefined<T>(
  result: Promise<T>,
  ...codes: readonly string[]
): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (codes.includes(errorCodeOf(error))) return undefined;
    throw error;
  }
}

const REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ENOSPC: ["the disk is full", "Free some space, or choose another place with --store."],
  EDQUOT: ["your disk quota is used up", "Free some space, or choose another place with --store."],
  EACCES: [
    "permission denied",
    "Check who owns the directory, or choose another place with --store.",
  ],
  EPERM: ["not permitted", "Check who owns the directory, or choose another place with --store."],
  EROFS: ["the file system is read-only", "Choose another place with --store."],
  ENOENT: [
    "there is no such directory, and none can be made",
    "Check the path, or choose another place with --store.",
  ],
  ENOTDIR: ["a part of the path is not a directory", "Choose a directory with --store."],
  EEXIST: ["there is something else in its place", "Choose another place with --store."],
  ELOOP: [
    "there is a symbolic link in its place",
    "Remove the link, or choose another place with --store.",
  ],
  ENAMETOOLONG: ["the path is too long for the file system", "Choose a shorter name or place."],
  EMFILE: ["too many files are open", "Raise the limit with 'ulimit -n'."],
  EIO: ["the disk reports an error", "Check the disk, and choose another place with --store."],
};

/** An error of the file system as StoreUnavailable, which names the path; an ArkError as it is. */
export function storeUnavailable(path: string, error: unknown): ArkError {
  if (error instanceof ArkError) return error;
  const [reason, hint] = REASONS[errorCodeOf(error)] ?? [messageOf(error), undefined];
  return new ArkError("StoreUnavailable", `${path}: ${reason}`, { hint, cause: error });
}

async function syncDirectory(path: string): Promise<void> {
  // Windows opens no directories, a directory may be for passing through only, some network file systems cannot sync.
  const handle = await orUndefined(fs.open(path, "r"), "EISDIR", "EPERM", "EACCES");
  if (handle === undefined) return;
  try {
    await orUndefined(handle.sync(), "EINVAL", "ENOTSUP", "EPERM");
  } finally {
    await handle.close();
  }
}

function unlessWindows(...flags: readonly ("O_NOFOLLOW" | "O_NONBLOCK")[]): number {
  const known: Partial<Record<string, number>> = constants;
  return flags.reduce((all, flag) => all | (known[flag] ?? 0), 0);
}
