import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

const licenseFiles = /^(licen[cs]e|copying|notice)/i;
const packageOf = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/** The directories of the packages that files of a bundle come from, sorted. @param inputs paths as esbuild names them */
export function bundledPackages(inputs: readonly string[]): string[] {
  const found = inputs.map((path) => packageOf.exec(path)?.[0]);
  return [...new Set(found.filter((path) => path !== undefined))].toSorted();
}

/**
 * The licences that must go with the program: each bundled package's, and Node's own where it is inside.
 * @param directories of packages, relative to `root`
 * @throws when a package says nothing of its licence
 */
export async function thirdPartyLicenses(
  root: string,
  directories: readonly string[],
  nodeLicense?: { readonly version: string; readonly text: string },
): Promise<string> {
  const sections = new Map<string, string>();
  for (const directory of directories) {
    const [title, text] = await licenseOf(resolve(root, directory));
    sections.set(title, text);
  }
  const node = nodeLicense && section(`Node.js ${nodeLicense.version}`, nodeLicense.text);
  return [
    "kubectl-ark contains the following software of others, under the licences given here.\n",
    ...[...sections].map(([title, text]) => section(title, text)),
    ...(node === undefined ? [] : [node]),
  ].join("\n");
}

async function licenseOf(directory: string): Promise<[title: string, text: string]> {
  const manifest: { name: string; version: string; license?: string } = JSON.parse(
    await readFile(join(directory, "package.json"), "utf8"),
  );
  const { name, version, license } = manifest;
  const files = (await readdir(directory)).filter((file) => licenseFiles.test(file)).toSorted();
  const texts = await Promise.all(files.map((file) => readFile(join(directory, file), "utf8")));
  if (texts.length === 0) throw new Error(`${name} ${version} carries no licence.`);
  return [`${name} ${version} (${license ?? "see below"})`, texts.join("\n\n")];
}

function section(title: string, text: string): string {
  return `${"=".repeat(80)}\n${title}\n${"=".repeat(80)}\n\n${text.trim()}\n`;
}
