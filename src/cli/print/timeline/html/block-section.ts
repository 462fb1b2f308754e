import { formatMoment, formatSpan } from "../spans.ts";
import { blockName, describeFreeze } from "../text-block.ts";
import type { Bar, BlockTimeline, Lane, Mark } from "../timeline.ts";
import { axisFigure, laneFigure } from "./figure.ts";
import { html, type Markup } from "./markup.ts";
import { frozenFor } from "./overview.ts";
import { table, type Cell } from "./table.ts";

/** A block: its freeze in one sentence, the picture, and the figures of the picture as a table. */
export function blockSection(block: BlockTimeline, isOpen: boolean): Markup {
  const title = `Block ${block.number}: ${blockName(block)}`;
  return html`<details class="block" id="block-${block.number}" ${isOpen ? html` open` : undefined}>
    <summary>
      <h3>${title}</h3>
      <span class="len${block.isFailed ? " bad" : ""}">${frozenFor(block)}</span>
    </summary>
    <p>${describeFreeze(block)}${block.parts.length > 0 ? ", spent on:" : "."}</p>
    ${partsList(block)} ${block.notes.map((note) => html`<p class="note">${note}</p>`)}
    <figure role="group" aria-label="${`Timeline of ${title}`}">
      ${axisFigure(block.axis)} ${block.lanes.map((lane) => laneRow(lane, block))}
    </figure>
    ${figuresTable(block)}
  </details> `;
}

function laneRow(lane: Lane, { axis }: BlockTimeline): Markup {
  const problem =
    lane.problem === undefined
      ? undefined
      : html`<p class="${lane.isFailed ? "problem" : "note"}">${lane.problem}</p>`;
  const picture = lane.bars.length === 0 ? undefined : laneFigure(lane, axis);
  return html`<div class="item">
    <div class="label">
      <span><span class="of">${lane.of}</span> <b>${lane.name}</b></span>
      <span class="figures">${lane.figures.join(" · ")}</span>
    </div>
    ${picture}${problem}
  </div> `;
}

function partsList({ parts }: BlockTimeline): Markup | undefined {
  if (parts.length === 0) return undefined;
  return html`<ul class="parts">
    ${parts.map(({ what, ms }) => html`<li><b>${formatSpan(ms)}</b> ${what}</li>`)}
  </ul>`;
}

/** The picture for those who cannot see it, or want it to the millisecond; in the order of time. */
function figuresTable({ lanes, axis }: BlockTimeline): Markup {
  const rows = lanes.flatMap((lane) => [
    ...lane.bars.map((bar) => ({ atMs: bar.fromMs, cells: barCells(lane, bar, axis.fromMs) })),
    ...lane.marks.map((mark) => ({ atMs: mark.atMs, cells: markCells(lane, mark, axis.fromMs) })),
  ]);
  if (rows.length === 0) return html``;
  const ordered = rows.toSorted((a, b) => a.atMs - b.atMs).map(({ cells }) => cells);
  const headers = ["Of", "What", "Starts at", "After", "Lasts"];
  return html`<details class="numbers">
    <summary>The picture in figures</summary>
    ${table("In the order of time; “after” counts from the start of the axis", headers, ordered)}
  </details>`;
}

function barCells(lane: Lane, bar: Bar, startMs: number): Cell[] {
  const { fromMs, toMs, text } = bar;
  return [
    lane.name,
    { wide: html`${text}` },
    { number: formatMoment(fromMs) },
    { number: formatSpan(fromMs - startMs) },
    { number: formatSpan(toMs - fromMs) },
  ];
}

function markCells(lane: Lane, { atMs, text }: Mark, startMs: number): Cell[] {
  return [
    lane.name,
    text,
    { number: formatMoment(atMs) },
    { number: formatSpan(atMs - startMs) },
    "",
  ];
}
