import { randomBytes } from "node:crypto";
import { lstat, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCodeOf } from "../../lib/error-code.ts";
import { ArkError, messageOf } from "../../lib/errors.ts";

/** What kubectl looks for on the PATH to complete `kubectl ark`. */
export const COMPLETER = "kubectl_complete-ark";

/** By name, so that it goes on after an upgrade or a move of kubectl-ark. */
export const SHIM = '#!/bin/sh\nexec kubectl-ark __complete "$@"\n';

const LARGEST_SHIM_BYTES = 4096;

/**
 * Writes the program, whole or not at all. One that is there already, and is ours, is written anew.
 * @returns its path
 * @throws ArkError AlreadyExists when something else has the name, Usage when it cannot be written
 */
export async function writeShim(
  directory: string,
  { force }: { readonly force: boolean },
): Promise<string> {
  const path = join(directory, COMPLETER);
  if (!force && (await isForeign(path))) {
    throw new ArkError("AlreadyExists", `${path} is there already, and is something else`, {
      hint: "Look at it; --force overwrites it, --dir DIR writes somewhere else.",
    });
  }
  const partial = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await writeFile(partial, SHIM, { mode: 0o755, flag: "wx" });
    await rename(partial, path);
    return path;
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw new ArkError("Usage", `cannot write ${path}: ${messageOf(cause)}`, {
      cause,
      hint: "Choose a directory of your own on the PATH with --dir.",
    });
  }
}

/** A link is looked at itself: what it leads to is another's. */
async function isForeign(path: string): Promise<boolean> {
  try {
    const found = await lstat(path);
    if (!found.isFile() || found.size > LARGEST_SHIM_BYTES) return true;
    return !/^exec kubectl-ark __complete /m.test(await readFile(path, "utf8"));
  } catch (error) {
    return errorCodeOf(error) !== "ENOENT";
  }
}
