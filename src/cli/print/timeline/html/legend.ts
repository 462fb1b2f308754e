import { barWords } from "../bar-words.ts";
import { html, type Markup } from "./markup.ts";

/** What the bars mean. */
export const legend: Markup = html`<ul class="legend">
  ${barWords.map(
    ([kind, text]) =>
      html`<li>
        <svg width="18" height="14" aria-hidden="true">
          <rect
            class="${kind}"
            y="${kind === "settling" ? 5 : 1}"
            width="18"
            height="${kind === "settling" ? 4 : 12}"
          /></svg
        >${text}
      </li>`,
  )}
  <li>
    <svg width="12" height="16" aria-hidden="true"><path class="cut" d="M6 0 11 8 6 16 1 8Z" /></svg
    >cut
  </li>
  <li>
    <svg width="18" height="14" aria-hidden="true">
      <rect class="held failed" y="1" width="18" height="12" /></svg
    >failed
  </li>
</ul>`;
