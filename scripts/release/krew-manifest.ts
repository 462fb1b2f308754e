import { archiveName, executableName, type Target } from "./targets.ts";

export type ReleasedArchive = {
  readonly target: Target;
  /** Of the archive, in hex. */
  readonly sha256: string;
};

export type ManifestRequest = {
  /** Without "v". */
  readonly version: string;
  /** Of the repository; archives are found below it as GitHub lays out releases. No slash at the end. */
  readonly homepage: string;
  readonly archives: readonly ReleasedArchive[];
};

/**
 * Fills in a template: `{{word}}`, and a block between `{{#platforms}}` and `{{/platforms}}`, each on a line of its own,
 * once for each archive.
 * @throws for a word that there is nothing for
 */
export function renderManifest(template: string, request: ManifestRequest): string {
  const { version, homepage, archives } = request;
  const general = { version, homepage };
  const block = /^\{\{#platforms\}\}\n([\s\S]*?)^\{\{\/platforms\}\}\n/m;
  const withPlatforms = template.replace(block, (_, platform: string) =>
    archives
      .map((archive) => fill(platform, { ...general, ...wordsOf(archive, version) }))
      .join(""),
  );
  return fill(withPlatforms, general);
}

function wordsOf({ target, sha256 }: ReleasedArchive, version: string): Record<string, string> {
  const { os, arch } = target;
  return { os, arch, sha256, bin: executableName(target), archive: archiveName(target, version) };
}

function fill(template: string, words: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{\{(.*?)\}\}/g, (_, word: string) => {
    const value = Object.hasOwn(words, word) ? words[word] : undefined;
    if (value === undefined) throw new Error(`The manifest's template has an unknown {{${word}}}.`);
    return value;
  });
}
