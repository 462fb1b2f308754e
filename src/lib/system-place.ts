import { promises as fs } from "node:fs";
import { dirname, join } from "node:path";
import { errorCodeOf } from "./error-code.ts";

/** A directory that may be there or still has to be made, and whether that works. */
export type Place = {
  readonly path: string;
  readonly isThere: boolean;
  /** The directory itself, or the nearest one above it that is there. */
  readonly nearest: string;
  /** Why nothing can be written; undefined when a synced file could be. */
  readonly error: unknown;
  /** Bytes that the user may still write; undefined where the system does not say. */
  readonly freeBytes: number | undefined;
  /** Whether it is kept in memory, and gone after a restart. */
  readonly isInMemory: boolean;
  /** Whether others may read the directory. False where it has yet to be made, and on Windows, whose modes say nothing. */
  readonly isOpenToOthers: boolean;
};

const BITS_OF_OTHERS = 0o077;
/** Magic numbers of statfs(2): tmpfs, ramfs. */
const MEMORY_TYPES = [0x01021994, 0x858458f6];

/**
 * Looks at a directory and writes, syncs and removes a file of a few bytes there, in a hidden directory of its own; where
 * the directory has yet to be made, in the nearest one above it. Nothing is left. Never throws.
 */
export async function inspectPlace(path: string): Promise<Place> {
  const nearest = await nearestThere(path);
  const error = await tryToWrite(nearest).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const space = await fs.statfs(nearest).catch(() => undefined);
  const isThere = nearest === path;
  return {
    path,
    isThere,
    nearest,
    error,
    freeBytes: space && space.bavail * space.bsize,
    isInMemory: space !== undefined && MEMORY_TYPES.includes(space.type),
    isOpenToOthers: isThere && (await modeOf(path)) !== 0,
  };
}

async function nearestThere(path: string): Promise<string> {
  // A link that leads nowhere is in the way, not missing.
  const isMissing = await fs.lstat(path).then(
    () => false,
    (error: unknown) => errorCodeOf(error) === "ENOENT",
  );
  const parent = dirname(path);
  return isMissing && parent !== path ? nearestThere(parent) : path;
}

async function tryToWrite(directory: string): Promise<void> {
  const made = await fs.mkdtemp(join(directory, ".kubectl-ark-doctor-"));
  try {
    await using file = await fs.open(join(made, "trial"), "wx", 0o600);
    await file.writeFile("kubectl-ark doctor\n");
    await file.sync();
  } finally {
    await fs.rm(made, { recursive: true, force: true });
  }
}

async function modeOf(path: string): Promise<number> {
  if (process.getuid === undefined) return 0;
  const status = await fs.stat(path).catch(() => undefined);
  return (status?.mode ?? 0) & BITS_OF_OTHERS;
}
