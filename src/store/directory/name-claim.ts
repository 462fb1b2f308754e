import { errorCodeOf } from "../../lib/error-code.ts";
import { createHash, randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Filesystem } from "./filesystem.ts";

/** Keeps a name for one writer. */
export type NameClaim = { release(): Promise<void> };

/** Not heard of for so long: its process is dead, wherever it ran. */
const SILENT_MS = 60_000;
const HEARTBEAT_MS = 15_000;

/**
 * Claims a backup's name before anything is done for it: two processes that would meet at publish only have run their
 * hooks by then. The claim is `.<name>.claim/<owner>/`. rename(2) puts a directory in place of an empty one or none, never of
 * one that holds something, so that of two exactly one gets it; and as no two owners have one name, removing what a
 * dead one has left never removes another's.
 * @returns undefined when a process that is alive has it
 */
export async function claimName(
  name: string,
  backups: string,
  files: Filesystem,
): Promise<NameClaim | undefined> {
  const place = join(backups, `.${name}.claim`);
  if (await isHeld(place, files)) return undefined;
  const owner = ownerToken();
  const made = join(backups, `.${name}.${owner}.claim`);
  try {
    await files.mkdir(made);
    await files.mkdir(join(made, owner));
    await files.rename(made, place);
  } catch (error) {
    await files.remove(made).catch(() => {});
    if (await isHeld(place, files)) return undefined;
    throw error;
  }
  return keepAlive(join(place, owner), place, files);
}

function keepAlive(mark: string, place: string, files: Filesystem): NameClaim {
  const beat = setInterval(() => void files.touch(mark).catch(() => {}), HEARTBEAT_MS);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      await files.remove(mark).catch(() => {});
      await files.removeEmpty(place).catch(() => {});
    },
  };
}

/** Whether the name is some living process's; what dead ones have left is removed. */
async function isHeld(place: string, files: Filesystem): Promise<boolean> {
  if ((await files.lstat(place)) === undefined) return false;
  for (const { name: owner } of await files.readDirectory(place)) {
    const mark = join(place, owner);
    const status = await files.lstat(mark);
    if (status === undefined) continue;
    if (Date.now() - status.mtimeMs < SILENT_MS && !isDead(owner)) return true;
    await files.remove(mark);
  }
  // Windows renames nothing over a directory, not even over an empty one.
  await files.removeEmpty(place).catch(() => {});
  return false;
}

/**
 * Whether whoever claimed the name has surely died: it was a process of this machine that is no more, and it was silent
 * for a minute (on a shared disk another machine of this name might have it).
 */
export async function hasClaimantDied(
  name: string,
  backups: string,
  files: Filesystem,
): Promise<boolean> {
  const place = join(backups, `.${name}.claim`);
  if ((await files.lstat(place)) === undefined) return false;
  const owners = await files.readDirectory(place);
  const hasDied = async (owner: string): Promise<boolean> => {
    const status = await files.lstat(join(place, owner));
    return isDead(owner) && status !== undefined && Date.now() - status.mtimeMs >= SILENT_MS;
  };
  const died = await Promise.all(owners.map((owner) => hasDied(owner.name)));
  return died.length > 0 && died.every(Boolean);
}

const hostToken = (): string => createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
const pidToken = (): string => process.pid.toString(16).padStart(8, "0");

/** Host, process and chance: 24 digits. */
function ownerToken(): string {
  return `${hostToken()}${pidToken()}${randomBytes(4).toString("hex")}`;
}

/** Whether the owner surely is a process of this machine that is no more. */
function isDead(owner: string): boolean {
  const pid = Number.parseInt(owner.slice(8, 16), 16);
  if (owner.slice(0, 8) !== hostToken() || !Number.isSafeInteger(pid)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return errorCodeOf(error) === "ESRCH";
  }
}
