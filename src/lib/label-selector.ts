import { labelKeyError, labelValueError } from "./label-syntax.ts";

export const LABEL_OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist"] as const;
export type LabelOperator = (typeof LABEL_OPERATORS)[number];

export type LabelRequirement = {
  readonly key: string;
  readonly operator: LabelOperator;
  /** For In and NotIn at least one, for the others none. */
  readonly values?: readonly string[] | null | undefined;
};

/** metav1.LabelSelector: every part must match, so `{}` matches everything. */
export type LabelSelector = {
  readonly matchLabels?: Readonly<Record<string, string>> | null | undefined;
  readonly matchExpressions?: readonly LabelRequirement[] | null | undefined;
};

type Labels = Readonly<Record<string, string>>;

/** As Kubernetes: NotIn also matches where the label is absent. */
export function matchesLabels(selector: LabelSelector, labels: Labels): boolean {
  return requirementsOf(selector).every((requirement) => matchesRequirement(requirement, labels));
}

function matchesRequirement({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (operator === "Exists") return value !== undefined;
  if (operator === "DoesNotExist") return value === undefined;
  const isListed = value !== undefined && (values ?? []).includes(value);
  return operator === "In" ? isListed : !isListed;
}

/**
 * The API's query text, sorted by key: "app=db,tier in (a,b),!old". `{}` gives "", which lists everything (Ark 0.8.1 sent
 * "<none>", which no server takes).
 */
export function formatLabelSelector(selector: LabelSelector): string {
  const equalities = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]) => [key, `${key}=${value}`] as const,
  );
  const expressions = (selector.matchExpressions ?? []).map(
    (requirement) => [requirement.key, formatRequirement(requirement)] as const,
  );
  return [...equalities, ...expressions]
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([, text]) => text)
    .join(",");
}

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  if (operator === "Exists") return key;
  if (operator === "DoesNotExist") return `!${key}`;
  const set = (values ?? []).toSorted().join(",");
  return `${key} ${operator === "In" ? "in" : "notin"} (${set})`;
}

/** What Kubernetes would refuse in `requirement`; undefined when it is well formed. */
export function requirementError(requirement: LabelRequirement): string | undefined {
  const values = requirement.values ?? [];
  const takesValues = requirement.operator === "In" || requirement.operator === "NotIn";
  if (takesValues && values.length === 0) {
    return `${requirement.operator} needs at least one value`;
  }
  if (!takesValues && values.length > 0) return `${requirement.operator} takes no values`;
  return (
    labelKeyError(requirement.key) ??
    values.map(labelValueError).find((error) => error !== undefined)
  );
}

function requirementsOf(selector: LabelSelector): LabelRequirement[] {
  const equalities = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]): LabelRequirement => ({ key, operator: "In", values: [value] }),
  );
  return [...equalities, ...(selector.matchExpressions ?? [])];
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
