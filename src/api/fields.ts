import * as z from "zod";
import { parseGoDuration } from "../lib/duration.ts";
import { labelKeyError, labelValueError } from "../lib/label-syntax.ts";
import { shorten } from "../lib/shorten.ts";
import { didYouMean } from "../lib/suggest.ts";

/** Building blocks of the documents' schemas. `nullish` everywhere: Ark writes absent fields as null. */

/** An object that refuses unknown fields and suggests the known ones. */
export function strictFields<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? describeUnknownFields(issue.keys, Object.keys(shape))
        : undefined,
  });
}

function describeUnknownFields(keys: readonly string[], known: readonly string[]): string {
  return keys.map((key) => `unknown field "${shorten(key)}"${didYouMean(key, known)}`).join(", ");
}

/** A field that is let through as it is. */
export const anyValue = z.unknown().optional();

export const textList = z.array(z.string()).nullish();

/** The text of a Go duration. A number or any other text is an error, as metav1.Duration has it; so is a negative one. */
export const duration = z
  .string({
    error: ({ input }) => (typeof input === "number" ? notDuration(String(input)) : undefined),
  })
  .superRefine((text, context) => {
    const ms = parseGoDuration(text);
    if (ms !== undefined && ms >= 0) return;
    const message = notDuration(`"${shorten(text)}"`, ms === undefined ? undefined : "is negative");
    context.addIssue({ code: "custom", message, input: text });
  });

function notDuration(value: string, reason = "is not a duration"): string {
  return `${value} ${reason}; write it as 30s, 1m30s or 720h`;
}

/** Labels: keys and values as Kubernetes takes them. */
export const labelMap = z.record(z.string(), z.string()).superRefine((labels, context) => {
  for (const [key, value] of Object.entries(labels)) {
    const message = labelKeyError(key) ?? labelValueError(value);
    if (message) context.addIssue({ code: "custom", message, input: value, path: [key] });
  }
});

const EXPECTED: Readonly<Record<string, string>> = {
  string: "text",
  array: "a list",
  object: "a map of fields",
  record: "a map of fields",
  boolean: "true or false",
  number: "a whole number",
  int: "a whole number",
};

/** zod's error map of all documents: what was expected, what was found, and where it is simple how to mend it. */
export function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== "invalid_type") return undefined;
  if (issue.input === undefined) return "is required";
  const expected = EXPECTED[issue.expected] ?? issue.expected;
  return `expected ${expected}, found ${describeValue(issue.input)}${mend(issue.expected, issue.input)}`;
}

function mend(expected: string, value: unknown): string {
  if (expected === "string" && ["number", "boolean"].includes(typeof value)) {
    return ": put it in quotes";
  }
  if (expected === "array" && typeof value === "string") return ": put it in [ ]";
  return "";
}

function describeValue(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map of fields";
  return typeof value === "string" ? `the text "${shorten(value)}"` : JSON.stringify(value);
}

/** A zod path as people write it: `spec.hooks.resources[0].pre[1].exec.timeout`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${shorten(String(part))}`))
    .join("")
    .replace(/^\./, "");
}
