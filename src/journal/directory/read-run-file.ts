import { errorCodeOf } from "../../lib/error-code.ts";
import { type JournalFile, type JournalFilesystem, reasonOf } from "./journal-filesystem.ts";
import { readRunContent, type RunContent } from "./run-content.ts";
import { MAX_FILE_BYTES } from "./run-writer.ts";

export type FoundRun = RunContent & {
  /** When the file was last written to; Infinity where that cannot be told. */
  readonly mtimeMs: number;
};

const WRITABLE_BY_OTHERS = 0o022;

/** Reads the file of a run; whatever is against it is a problem. Never throws. One that is gone says nothing. */
export async function readRunFile(path: string, files: JournalFilesystem): Promise<FoundRun> {
  try {
    const handle = await files.openToRead(path);
    try {
      return await readOpened(handle);
    } finally {
      await handle.close().catch(() => {});
    }
  } catch (error) {
    return refused(
      errorCodeOf(error) === "ENOENT" ? [] : [`it cannot be read: ${reasonOf(error)}`],
    );
  }
}

async function readOpened(handle: JournalFile): Promise<FoundRun> {
  const stats = await handle.stat();
  if (!stats.isFile()) return refused(["it is no ordinary file"]);
  const uid = process.getuid?.();
  if (uid !== undefined && stats.uid !== uid) {
    return refused([`it belongs to another user (uid ${stats.uid})`]);
  }
  if (uid !== undefined && (stats.mode & WRITABLE_BY_OTHERS) !== 0) {
    return refused(["others may write to it"]);
  }
  if (stats.size > MAX_FILE_BYTES) {
    return refused([`it is too large for a journal (${stats.size} bytes)`]);
  }
  const bytes = Buffer.alloc(stats.size);
  let length = 0;
  for (let read = 1; read > 0 && length < bytes.length; length += read) {
    ({ bytesRead: read } = await handle.read(bytes, length, bytes.length - length));
  }
  return { ...readRunContent(bytes.toString("utf8", 0, length)), mtimeMs: stats.mtimeMs };
}

function refused(problems: readonly string[]): FoundRun {
  return { open: new Map(), problems, mtimeMs: Infinity };
}
