import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { readArchive } from "../../src/archive/archive-reader.ts";

/** The names in an archive, in its order, as `tar tzf` would list them. */
export async function listArchive(path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of readArchive(createReadStream(path))) names.push(entry.path);
  return names;
}

/** Sizes and names of the files in a directory. */
export async function listFiles(directory: string): Promise<string[]> {
  const names = await readdir(directory);
  const lines = names.toSorted().map(async (name) => {
    const { size } = await stat(join(directory, name));
    return `${String(size).padStart(7)} B  ${name}`;
  });
  return Promise.all(lines);
}
