import { escapeLine } from "./escape.ts";
import { wrapText } from "./timeline/plain-text.ts";

/** "Name:         value", as `kubectl describe`. */
export function field(name: string, value: string): string {
  return `${`${name}:`.padEnd(14)}${escapeLine(value)}`;
}

/** Every line of `text` moved to the right. */
export function indent(text: string, by = 2): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => " ".repeat(by) + line)
    .join("\n");
}

const titleWidth = 15;

/** A field below a title, "    Pods:      …", wrapped to `width` columns, where there is one. */
export function innerField(name: string, value: string, width: number | undefined): string[] {
  const title = `    ${name}:`.padEnd(titleWidth);
  const text = escapeLine(value);
  if (width === undefined) return [`${title}${text}`];
  const lines = wrapText(text, Math.max(20, width - titleWidth));
  return lines.map((line, index) => `${index === 0 ? title : " ".repeat(titleWidth)}${line}`);
}
