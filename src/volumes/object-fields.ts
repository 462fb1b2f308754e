import type { KubernetesObject } from "../cluster/cluster.ts";

/** Reading what controllers and drivers have written, of which nothing is certain: a field of another type counts as absent. */

export type Fields = Readonly<Record<string, unknown>>;

const none: Fields = {};

/** The object at a path; an empty one where there is none. */
export function fieldsAt(object: KubernetesObject | Fields, ...path: readonly string[]): Fields {
  let fields: Fields = object;
  for (const key of path) fields = asFields(fields[key]);
  return fields;
}

/** Non-empty text, or undefined. */
export function textIn(fields: Fields, key: string): string | undefined {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** An object, or undefined. */
export function recordIn(fields: Fields, key: string): Fields | undefined {
  const record = asFields(fields[key]);
  return record === none ? undefined : record;
}

/** The entries that are text. */
export function textsIn(fields: Fields, key: string): readonly string[] {
  const value = fields[key];
  return Array.isArray(value)
    ? value.filter((entry): entry is string => typeof entry === "string")
    : [];
}

/** The entries that are objects. */
export function listIn(fields: Fields, key: string): readonly Fields[] {
  const value = fields[key];
  return Array.isArray(value) ? value.map(asFields).filter((entry) => entry !== none) : [];
}

/** Labels or annotations: the pairs of text. */
export function pairsIn(fields: Fields, key: string): Readonly<Record<string, string>> {
  const pairs = Object.entries(asFields(fields[key]));
  return Object.fromEntries(
    pairs.filter((pair): pair is [string, string] => typeof pair[1] === "string"),
  );
}

function asFields(value: unknown): Fields {
  return isFields(value) ? value : none;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
