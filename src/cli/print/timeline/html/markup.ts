import { escapeControls } from "../../escape.ts";

/** HTML that is safe to join with other HTML. Only `html` and `rawMarkup` make it. */
export type Markup = { readonly markup: string };

type Part = Markup | string | number | undefined | readonly Markup[];

/**
 * A template of HTML: what is put in as text is escaped, for an element's content and for a quoted attribute alike.
 * Control characters and marks that turn the direction of text become visible.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const pieces = strings.map((text, index) => text + textOf(parts[index]));
  return { markup: pieces.join("") };
}

function textOf(part: Part): string {
  if (part === undefined) return "";
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  return "markup" in part ? part.markup : part.map(({ markup }) => markup).join("");
}

/** Only for text of this program's own, such as the style sheet. */
export function rawMarkup(text: string): Markup {
  return { markup: text };
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return escapeControls(text)
    .replace(/[\u061c\u200b-\u200f\u2028\u2029\ufeff\p{Cs}]/gu, (c) => {
      return `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`;
    })
    .replace(/[&<>"']/g, (c) => entities[c] ?? c);
}
