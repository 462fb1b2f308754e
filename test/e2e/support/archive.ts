import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Ark } from "./cli.ts";
import { runProcess } from "./process.ts";

/** A backup's archive, taken apart by the system's tar. */
export type Unpacked = {
  /** Files in the order of the archive. */
  readonly paths: readonly string[];
  read(path: string): Promise<string>;
  /** Permission bits. */
  mode(path: string): Promise<number>;
};

export async function unpack(ark: Ark, name: string): Promise<Unpacked> {
  const archive = join(ark.backupDirectory(name), `${name}.tar.gz`);
  const target = join(ark.directory, "unpacked", name);
  await mkdir(target, { recursive: true });
  const listed = await tar(["-tzf", archive]);
  await tar(["-xpzf", archive, "-C", target]);
  return {
    paths: listed.split("\n").filter((line) => line !== ""),
    read: (path) => readFile(join(target, path), "utf8"),
    mode: async (path) => (await stat(join(target, path))).mode & 0o7777,
  };
}

async function tar(words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runProcess("tar", words);
  if (exitCode !== 0) throw new Error(`tar ${words.join(" ")}: ${stderr}`);
  return stdout;
}

/** Whether the archive holds an object. */
export async function isArchived(ark: Ark, name: string, path: string): Promise<boolean> {
  return (await unpack(ark, name)).paths.includes(path);
}

/** A file of the store as text, unpacked where it is compressed. */
export async function storedText(ark: Ark, name: string, file: string): Promise<string> {
  const bytes = await readFile(join(ark.backupDirectory(name), file));
  return (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** The same as JSON, taken at its word for a `T`. */
export async function storedJson<T = unknown>(ark: Ark, name: string, file: string): Promise<T> {
  return JSON.parse(await storedText(ark, name, file));
}

/** Whatever stands in the directory of backups, hidden or not. */
export async function storeEntries(ark: Ark): Promise<string[]> {
  return readdir(ark.backups).catch(() => []);
}
