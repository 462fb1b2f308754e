import { html, type Markup } from "./markup.ts";

/** `code` is set in the fixed font with its line breaks; `number` is aligned to the right. */
export type Cell =
  | string
  | Markup
  | { readonly code: string }
  | { readonly number: string }
  | { readonly state: string }
  /** A text of some length, that is not squeezed on a narrow page. */
  | { readonly wide: Markup };

/** A table with a caption, that scrolls by itself where it is wider than the page. */
export function table(
  caption: string,
  headers: readonly string[],
  rows: readonly (readonly Cell[])[],
): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${headers.map((header) => html`<th scope="col">${header}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map(cellMarkup)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

function cellMarkup(cell: Cell): Markup {
  if (typeof cell === "string") return html`<td>${cell}</td>`;
  if ("markup" in cell) return html`<td>${cell}</td>`;
  if ("wide" in cell) return html`<td class="wide">${cell.wide}</td>`;
  if ("code" in cell) return html`<td class="wide"><code>${cell.code}</code></td>`;
  if ("number" in cell) return html`<td class="number">${cell.number}</td>`;
  return html`<td>${stateMarkup(cell.state)}</td>`;
}

/** "failed", "captured", "skipped" with a ground of its colour. */
export function stateMarkup(state: string): Markup {
  const good = state === "succeeded" || state === "captured" ? "good" : "none";
  return html`<span class="state ${state === "failed" ? "bad" : good}">${state}</span>`;
}
