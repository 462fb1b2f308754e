import { createHash } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";
import { runCommand } from "./run-command.ts";

/** A package of npm as package-lock.json pins it. */
export type PinnedPackage = {
  readonly name: string;
  readonly version: string;
  /** "sha512-…", in base64. */
  readonly integrity: string;
};

/** @param lockfile package-lock.json @throws when the package is not pinned by version and SHA-512 there */
export function pinnedPackage(lockfile: string, name: string): PinnedPackage {
  const parsed: { packages?: Record<string, Partial<PinnedPackage>> } = JSON.parse(lockfile);
  const { version, integrity } = parsed.packages?.[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity?.startsWith("sha512-") !== true) {
    throw new Error(`package-lock.json does not pin ${name} by version and SHA-512.`);
  }
  return { name, version, integrity };
}

/**
 * A package's tarball, whatever platform it is for: npm installs those of its own only.
 * Kept in a folder; what lies there is held against package-lock.json each time.
 * @throws when npm cannot get it, or gets other bytes
 */
export async function fetchPackage(
  pinned: PinnedPackage,
  cache: string,
  get = packByNpm,
): Promise<Buffer> {
  const file = join(cache, `${pinned.name}-${pinned.version}.tgz`);
  const kept = await readFile(file).catch(() => undefined);
  if (kept !== undefined && isIntact(kept, pinned)) return kept;
  await mkdir(cache, { recursive: true });
  const what = `${pinned.name}@${pinned.version}`;
  await get(what, cache);
  const fetched = await readFile(file);
  if (isIntact(fetched, pinned)) return fetched;
  await rm(file);
  throw new Error(`${what} is not what package-lock.json pins.`);
}

/** Leaves NAME-VERSION.tgz in the folder. */
async function packByNpm(what: string, folder: string): Promise<void> {
  await runCommand("npm", ["pack", "--silent", "--pack-destination", folder, what]);
}

export function isIntact(tarball: Buffer, { integrity }: PinnedPackage): boolean {
  return `sha512-${createHash("sha512").update(tarball).digest("base64")}` === integrity;
}

/** Files of a package, by their paths in it. @throws when one of them is not there */
export async function readPackageFiles(
  tarball: Buffer,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>();
  const entries = Readable.from([gunzipSync(tarball)]).pipe(extract());
  for await (const entry of entries) {
    const path = entry.header.name.replace(/^package\//, "");
    if (paths.includes(path)) found.set(path, await buffer(entry));
    else entry.resume();
  }
  const missing = paths.filter((path) => !found.has(path));
  if (missing.length > 0) throw new Error(`The package has no ${missing.join(" and no ")}.`);
  return found;
}
