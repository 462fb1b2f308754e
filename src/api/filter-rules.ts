import {
  validateIncludesExcludes,
  validateScopedIncludesExcludes,
} from "../lib/includes-excludes.ts";

/** Rules that span several fields of a backup's spec. They read raw values, to be told together with wrong types. */

type Fields = Readonly<Partial<Record<string, unknown>>>;
type ListRule = {
  readonly path: string;
  readonly includes: string;
  readonly excludes: string;
  readonly prefix: string;
  readonly validate: typeof validateIncludesExcludes;
};

const CLASSIC_RULES: readonly ListRule[] = [
  listRule("Resources", "resource", validateIncludesExcludes),
  listRule("Namespaces", "namespace", validateIncludesExcludes),
];
const SCOPED_RULES: readonly ListRule[] = [
  listRule("ClusterScopedResources", "cluster-scoped resource", validateScopedIncludesExcludes),
  listRule("NamespaceScopedResources", "namespace-scoped resource", validateScopedIncludesExcludes),
];
const OLD_FILTERS = ["includedResources", "excludedResources", "includeClusterResources"];
const SCOPED_FILTERS = SCOPED_RULES.flatMap((rule) => [rule.includes, rule.excludes]);

function listRule(field: string, word: string, validate: ListRule["validate"]): ListRule {
  return {
    path: `included${field}`,
    includes: `included${field}`,
    excludes: `excluded${field}`,
    prefix: `Invalid included/excluded ${word} lists`,
    validate,
  };
}

/**
 * What is wrong with a spec's filters and its hooks' filters, each as "path: reason" with paths from `path`.
 * The reasons for included and excluded lists are Ark 0.8.1's, the others follow Velero's rules.
 */
export function checkFilters(spec: unknown, path = "spec"): string[] {
  const fields = asFields(spec);
  const hooks = asList(asFields(fields["hooks"])["resources"]);
  return [
    ...[...CLASSIC_RULES, ...SCOPED_RULES].flatMap((rule) => checkLists(fields, rule, path)),
    ...checkFamilies(fields, path),
    ...checkSelectors(fields, path),
    ...hooks.flatMap((hook, index) => checkHook(hook, `${path}.hooks.resources[${index}]`)),
  ];
}

function checkHook(hook: unknown, path: string): string[] {
  // Ark never looked at these; a list that contradicts itself would be a hook that silently never runs.
  return CLASSIC_RULES.flatMap((rule) => checkLists(asFields(hook), rule, path));
}

function checkLists(fields: Fields, rule: ListRule, path: string): string[] {
  const includes = asTexts(fields[rule.includes]);
  const excludes = asTexts(fields[rule.excludes]);
  const at = includes.length > 0 ? rule.includes : rule.excludes;
  return rule
    .validate(includes, excludes)
    .map((reason) => `${path}.${at}: ${rule.prefix}: ${reason}`);
}

function checkFamilies(fields: Fields, path: string): string[] {
  const old = OLD_FILTERS.filter((name) => isGiven(fields[name]));
  const scoped = SCOPED_FILTERS.filter((name) => isGiven(fields[name]));
  if (old.length === 0 || scoped.length === 0) return [];
  return [`${path}: ${old.join(", ")} cannot be used together with ${scoped.join(", ")}`];
}

function checkSelectors(fields: Fields, path: string): string[] {
  const both = isGiven(fields["labelSelector"]) && isGiven(fields["orLabelSelectors"]);
  return both ? [`${path}: only one of labelSelector and orLabelSelectors can be given`] : [];
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

function asFields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asTexts(value: unknown): string[] {
  return asList(value).filter((entry): entry is string => typeof entry === "string");
}
