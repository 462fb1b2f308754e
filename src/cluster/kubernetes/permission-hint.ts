/**
 * What to do about a 403, from the server's own words: they name verb, resource and namespace exactly, subresource and
 * impersonation included.
 * @returns undefined for a 403 that no permission would change (a quota, an admission webhook, a proxy)
 */
export function permissionHint(said: string): string | undefined {
  const check = resourceCheck(said) ?? pathCheck(said);
  if (check === undefined) return undefined;
  const ask = `Ask for this permission; \`kubectl auth can-i ${check.words}\` says when you have it.`;
  return check.isListEverywhere
    ? `Name a namespace that you may use with -n NAMESPACE. ${ask.replace("Ask", "Or ask")}`
    : ask;
}

type Check = { readonly words: string; readonly isListEverywhere: boolean };

/** A name as it may stand in a command line; anything else is left out of a hint. */
const word = "[A-Za-z0-9*][A-Za-z0-9.:*-]*";

const refusedResource = new RegExp(
  `cannot (?<verb>${word}) resource "(?<resource>${word})(?:/(?<subresource>${word}))?" ` +
    `in API group "(?<group>(?:${word})?)" (?:in the namespace "(?<namespace>${word})"|at the cluster scope)`,
);

function resourceCheck(said: string): Check | undefined {
  const groups = refusedResource.exec(said)?.groups;
  if (groups === undefined) return undefined;
  const { verb = "", resource = "", subresource, group = "", namespace } = groups;
  const isListEverywhere = verb === "list" && namespace === undefined;
  const words = [
    verb,
    group === "" ? resource : `${resource}.${group}`,
    subresource && `--subresource=${subresource}`,
    namespace && `-n ${namespace}`,
    isListEverywhere && "-A",
  ];
  return { words: words.filter(Boolean).join(" "), isListEverywhere };
}

function pathCheck(said: string): Check | undefined {
  const groups = /cannot (?<verb>[a-z]+) path "(?<path>\/[\w./-]*)"/.exec(said)?.groups;
  if (groups === undefined) return undefined;
  return { words: `${groups["verb"]} ${groups["path"]}`, isListEverywhere: false };
}
