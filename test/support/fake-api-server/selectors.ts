/** Label and field selectors, evaluated as the API server does. */

export type Labels = Readonly<Record<string, string>>;

export class SelectorError extends Error {}

/** @throws SelectorError with the server's words */
export function parseLabelSelector(text: string): (labels: Labels) => boolean {
  const requirements = splitOutsideParentheses(text).map(parseRequirement);
  return (labels) => requirements.every((matches) => matches(labels));
}

function splitOutsideParentheses(text: string): string[] {
  if (text.trim() === "") return [];
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}

const labelKey = "[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?";
const labelValue = "(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)?";
const equality = new RegExp(`^(${labelKey})\\s*(==|=|!=)\\s*(${labelValue})$`);
const setBased = new RegExp(`^(${labelKey})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const existence = new RegExp(`^(!?)\\s*(${labelKey})$`);

function parseRequirement(text: string): (labels: Labels) => boolean {
  const equal = equality.exec(text);
  if (equal !== null) {
    const [, key = "", operator, value] = equal;
    return (labels) => (labels[key] === value) === (operator !== "!=");
  }
  const set = setBased.exec(text);
  if (set !== null) {
    const [, key = "", operator, list = ""] = set;
    const values = new Set(list.split(",").map((value) => value.trim()));
    return (labels) => (key in labels && values.has(labels[key] ?? "")) === (operator === "in");
  }
  const exists = existence.exec(text);
  if (exists === null)
    throw new SelectorError(`unable to parse requirement: invalid label selector: ${text}`);
  const [, not, key = ""] = exists;
  return (labels) => key in labels === (not === "");
}

/** Only the fields that every kind has, and the two that are asked of pods. @throws SelectorError */
export function parseFieldSelector(text: string): (object: unknown) => boolean {
  const requirements = text.split(",").map((part) => {
    const match =
      /^(metadata\.name|metadata\.namespace|status\.phase|spec\.nodeName)(==|=|!=)(.*)$/.exec(part);
    if (match === null)
      throw new SelectorError(`field label not supported: ${part.replace(/[=!].*$/, "")}`);
    const [, path = "", operator, value] = match;
    return (object: unknown) => (fieldAt(object, path) === value) === (operator !== "!=");
  });
  return (object) => requirements.every((matches) => matches(object));
}

function fieldAt(object: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => {
    return isRecord(value) ? value[key] : undefined;
  }, object);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
