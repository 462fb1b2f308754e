import { positionOn, sideOf, ticksOf } from "../axis.ts";
import { BAR_KINDS, type Axis, type Bar, type Lane } from "../timeline.ts";
import { html, type Markup } from "./markup.ts";

/** On a telephone every second one is shown. */
const ticks = 6;
/** A hook of a millisecond is seen, and can be pointed at. */
const thinnest = 0.6;
const thinnestFailed = 1.4;

/** The scale above the bars, in percent of the width, so that only bars stretch and letters do not. */
export function axisFigure(axis: Axis): Markup {
  const marks = ticksOf(axis, ticks).map(({ atMs, label }) => {
    const x = positionOn(axis, atMs) * 100;
    const side = x > 84 ? "end" : "start";
    return html`<span class="${side}" style="left:${percent(x)}">${label}</span>`;
  });
  return html`<div class="axis" aria-hidden="true">${marks}</div>`;
}

/** One lane's bars as an SVG with a description; each bar says what it is when pointed at. */
export function laneFigure(lane: Lane, axis: Axis): Markup {
  const bars = BAR_KINDS.flatMap((kind) => lane.bars.filter((bar) => bar.kind === kind));
  const shown = bars.filter((bar) => sideOf(axis, bar) === "on");
  const isBeyond = bars.some(({ toMs }) => toMs > axis.toMs);
  return html`<svg class="lane" role="img" width="100%" height="22">
    <title>${lane.name}</title>
    <desc>${lane.figures.join(", ")}</desc>
    ${gridLines(axis)}${shown.map((bar) => barFigure(bar, axis))}${lane.marks.map(({ atMs, text }) => markFigure(positionOn(axis, atMs), text))}${isBeyond ? beyondFigure() : undefined}
  </svg>`;
}

function gridLines(axis: Axis): Markup[] {
  return ticksOf(axis, ticks).map(({ atMs }) => {
    const x = percent(positionOn(axis, atMs) * 100);
    return html`<line class="grid" x1="${x}" x2="${x}" y1="0" y2="100%" />`;
  });
}

export function barFigure(bar: Bar, axis: Axis): Markup {
  const { from, width } = extentOf(bar, axis);
  const kind = bar.isFailed ? `${bar.kind} failed` : bar.kind;
  const [y, height] = bar.kind === "settling" ? [9, 4] : [4, 14];
  return html`<rect
    class="${kind}"
    x="${percent(from)}"
    width="${percent(width)}"
    y="${y}"
    height="${height}"
    ><title>${bar.text}</title></rect
  >`;
}

/** In percent; always within 0 and 100. */
export function extentOf(bar: Bar, axis: Axis): { readonly from: number; readonly width: number } {
  const least = bar.isFailed ? thinnestFailed : thinnest;
  const from = Math.min(100 - least, positionOn(axis, bar.fromMs) * 100);
  const to = positionOn(axis, bar.toMs) * 100;
  return { from, width: Math.max(least, to - from) };
}

function markFigure(position: number, text: string): Markup {
  return html`<svg x="${percent(position * 100)}" y="11" overflow="visible">
    <path class="cut" d="M0-8 5 0 0 8-5 0Z"><title>${text}</title></path>
  </svg>`;
}

function beyondFigure(): Markup {
  return html`<svg x="100%" y="11" overflow="visible">
    <path class="beyond" d="M-9-6 0 0-9 6Z">
      <title>goes on beyond the end of this picture</title>
    </path>
  </svg>`;
}

export function percent(value: number): string {
  return `${Math.round(value * 1000) / 1000}%`;
}
