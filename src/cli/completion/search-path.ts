import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, normalize } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The directories of $PATH; relative ones depend on where one stands and do not count. */
export function pathDirectories(env: Environment): readonly string[] {
  return (env["PATH"] ?? "").split(delimiter).filter((directory) => isAbsolute(directory));
}

export function isOnPath(directory: string, env: Environment): boolean {
  return pathDirectories(env).some((one) => samePath(one, directory));
}

/** The file that a shell would run. */
export async function findProgram(name: string, env: Environment): Promise<string | undefined> {
  for (const directory of pathDirectories(env)) {
    const path = join(directory, name);
    if (await isProgram(path)) return path;
  }
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

export async function isWritableDirectory(directory: string): Promise<boolean> {
  try {
    await access(directory, constants.W_OK | constants.X_OK);
    return (await stat(directory)).isDirectory();
  } catch {
    return false;
  }
}

function samePath(a: string, b: string): boolean {
  return withoutEndingSlash(a) === withoutEndingSlash(b);
}

function withoutEndingSlash(path: string): string {
  return normalize(path).replace(/(?<=.)[/\\]+$/, "");
}
