import { compileGlob, globError, isGlob } from "./glob.ts";
import { shorten } from "./shorten.ts";

/** Ark's filter over names of namespaces or resources. */
export type IncludesExcludes = {
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
  /** Nothing is excluded, and the includes are empty or only "*" (as Ark 0.8.1's IncludeEverything). */
  readonly includesEverything: boolean;
  /** Whether `name` is not excluded, and is included or nothing is listed for inclusion. */
  shouldInclude(name: string): boolean;
};

/** Entries are names or globs (as Velero; Ark 0.8.1 had names and a lone "*" only). An empty include list is everything. */
export function createIncludesExcludes(
  includes: readonly string[],
  excludes: readonly string[],
): IncludesExcludes {
  const isIncluded = includes.length === 0 ? () => true : matcherOf(includes);
  const isExcluded = matcherOf(excludes);
  return {
    includes,
    excludes,
    includesEverything: excludes.length === 0 && includes.every((entry) => entry === "*"),
    shouldInclude: (name) => !isExcluded(name) && isIncluded(name),
  };
}

function matcherOf(entries: readonly string[]): (name: string) => boolean {
  const names = new Set(entries.filter((entry) => !isGlob(entry)));
  const globs = entries.filter(isGlob).map(compileGlob);
  return (name) => names.has(name) || globs.some((matches) => matches(name));
}

/** What is wrong with a pair of lists, in the words of Ark 0.8.1; then patterns that cannot be read. Empty when all is well. */
export function validateIncludesExcludes(
  includes: readonly string[],
  excludes: readonly string[],
): string[] {
  const errors = starErrors(includes, "includes");
  if (excludes.includes("*")) errors.push("excludes list cannot contain '*'");
  return [...errors, ...overlapErrors(includes, excludes), ...patternErrors(includes, excludes)];
}

/** As `validateIncludesExcludes`, with Velero's rules for scoped resource lists: there the excludes may be "*" alone. */
export function validateScopedIncludesExcludes(
  includes: readonly string[],
  excludes: readonly string[],
): string[] {
  const errors = [...starErrors(includes, "includes"), ...starErrors(excludes, "excludes")];
  if (includes.length > 0 && excludes.includes("*")) {
    errors.push("when exclude is '*', include cannot have value");
  }
  return [...errors, ...overlapErrors(includes, excludes), ...patternErrors(includes, excludes)];
}

function starErrors(entries: readonly string[], list: "includes" | "excludes"): string[] {
  const alone = entries.every((entry) => entry === "*");
  if (alone || !entries.includes("*")) return [];
  return [`${list} list must either contain '*' only, or a non-empty list of items`];
}

function overlapErrors(includes: readonly string[], excludes: readonly string[]): string[] {
  const included = new Set(includes);
  return [...new Set(excludes)]
    .filter((entry) => included.has(entry))
    .toSorted()
    .map((entry) => `excludes list cannot contain an item in the includes list: ${entry}`);
}

function patternErrors(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].flatMap((entry) => {
    const error = entry === "" ? "it is empty" : globError(entry);
    return error === undefined ? [] : [`"${shorten(entry)}" is not a pattern: ${error}`];
  });
}
