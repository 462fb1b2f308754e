import { join } from "node:path";
import type { Entry, Filesystem } from "./filesystem.ts";
import { hasClaimantDied } from "./name-claim.ts";

const LEFTOVER = /^\.([a-z0-9][-a-z0-9.]*)\.(?:[0-9a-f]{16}\.partial|claim)$/;
const MAX_AGE_MS = 24 * 60 * 60 * 1000;

/**
 * Removes what processes that died have left behind: their claim shows that they did (data of volumes may be large), or
 * nothing in it was touched for a day. Never throws: it is only tidying, and whoever owns the leftover may be someone
 * else.
 */
export async function removeLeftovers(backups: string, files: Filesystem): Promise<void> {
  const entries = await files.readDirectory(backups).catch((): readonly Entry[] => []);
  for (const { name, isDirectory } of entries) {
    const [, backup] = LEFTOVER.exec(name) ?? [];
    if (!isDirectory || backup === undefined) continue;
    const path = join(backups, name);
    const isLeft = name.endsWith(".partial") && (await hasDied(backup));
    if (isLeft || (await isOld(path))) await files.remove(path).catch(() => {});
  }

  // Of a long name the partial directory has only the beginning: no claim is found then.
  function hasDied(backup: string): Promise<boolean> {
    return hasClaimantDied(backup, backups, files).catch(() => false);
  }

  async function isOld(path: string): Promise<boolean> {
    const touchedMs = await lastTouchedMs(path, files).catch(() => Infinity);
    return touchedMs < Date.now() - MAX_AGE_MS;
  }
}

/** A directory's own time stands still while a file in it grows. */
async function lastTouchedMs(directory: string, files: Filesystem): Promise<number> {
  const entries = await files.readDirectory(directory);
  const paths = [directory, ...entries.map(({ name }) => join(directory, name))];
  const statuses = await Promise.all(paths.map((path) => files.lstat(path)));
  return Math.max(...statuses.map((status) => status?.mtimeMs ?? 0));
}
