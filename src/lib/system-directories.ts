import { errorCodeOf } from "./error-code.ts";
import { promises as fs } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a directory with the parents that are missing. Node's own recursive mkdir never returns where the file system
 * says ENOENT although the parent is there, as /proc does.
 * @returns the first directory that had to be made, undefined for none
 * @throws the operating system's error, EEXIST or ENOTDIR when something else is in the way
 */
export async function makeDirectories(path: string, mode: number): Promise<string | undefined> {
  if (await makeBelowParent(path, mode)) return path;
  if (await isDirectory(path)) return undefined;
  const parent = dirname(path);
  const first = parent === path ? undefined : await makeDirectories(parent, mode);
  // Once and no more: the parent is there now. Another process may have been quicker.
  await fs.mkdir(path, mode).catch(async (error: unknown) => {
    if (!(await isDirectory(path))) throw error;
  });
  return first ?? path;
}

/** @returns false when a parent is missing, or something has the name already */
async function makeBelowParent(path: string, mode: number): Promise<boolean> {
  try {
    await fs.mkdir(path, mode);
    return true;
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT" || (await isDirectory(path))) return false;
    throw error;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return fs.stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
}
