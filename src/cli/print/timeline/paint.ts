import { positionOn, sideOf } from "./axis.ts";
import { barColors, failedColor, type Glyphs } from "./glyphs.ts";
import { BAR_KINDS, type Axis, type Bar, type Lane } from "./timeline.ts";

/** One column of a picture. */
export type Cell = { readonly glyph: string; readonly color?: number | undefined };

const blank: Cell = { glyph: " " };

export type CellRange = { readonly first: number; readonly end: number };

/** The columns of a bar, at least one: a hook of a millisecond is seen too. Undefined for one that is off the axis. */
export function cellsOf(
  axis: Axis,
  span: { readonly fromMs: number; readonly toMs: number },
  width: number,
): CellRange | undefined {
  if (sideOf(axis, span) !== "on") return undefined;
  const first = Math.min(width - 1, Math.floor(positionOn(axis, span.fromMs) * width));
  const end = Math.ceil(positionOn(axis, span.toMs) * width);
  return { first, end: Math.min(width, Math.max(first + 1, end)) };
}

/** A lane as exactly `width` cells. */
export function paintLane(
  lane: Pick<Lane, "bars" | "marks">,
  axis: Axis,
  glyphs: Glyphs,
  width: number,
): Cell[] {
  const cells: Cell[] = Array.from({ length: width }, () => blank);
  for (const kind of BAR_KINDS) {
    for (const one of lane.bars.filter((bar) => bar.kind === kind)) {
      paintBar(cells, one, axis, glyphs);
    }
  }
  for (const one of lane.bars.filter(({ isFailed }) => isFailed)) {
    const range = cellsOf(axis, one, width);
    if (range) cells[range.end - 1] = { glyph: glyphs.failed, color: failedColor };
  }
  for (const { atMs } of lane.marks) {
    const range = cellsOf(axis, { fromMs: atMs, toMs: atMs }, width);
    if (range) cells[range.first] = { glyph: glyphs.cut, color: barColors.cutting };
  }
  paintOutside(cells, lane, axis, glyphs);
  return cells;
}

function paintBar(cells: Cell[], bar: Bar, axis: Axis, glyphs: Glyphs): void {
  const range = cellsOf(axis, bar, cells.length);
  if (!range) return;
  const color = bar.isFailed ? failedColor : barColors[bar.kind];
  paintRange(cells, range, { glyph: glyphs.bars[bar.kind], color });
}

export function paintRange(cells: Cell[], { first, end }: CellRange, cell: Cell): void {
  for (let column = first; column < end; column += 1) cells[column] = cell;
}

/** Arrows say that something goes on where the axis has ended, or happens there only. */
function paintOutside(
  cells: Cell[],
  { bars }: Pick<Lane, "bars">,
  axis: Axis,
  glyphs: Glyphs,
): void {
  const beyond = bars.find(({ toMs }) => toMs > axis.toMs);
  const before = bars.find(({ fromMs }) => fromMs < axis.fromMs);
  const last = cells.length - 1;
  if (beyond) cells[last] = { glyph: glyphs.beyond, color: barColors[beyond.kind] };
  if (before) cells[0] = { glyph: glyphs.before, color: barColors[before.kind] };
}

/** Cells as a line; each run of one colour is set once. */
export function printCells(cells: readonly Cell[], isColored: boolean): string {
  if (!isColored) return cells.map(({ glyph }) => glyph).join("");
  let line = "";
  let current: number | undefined;
  for (const { glyph, color } of cells) {
    if (color !== current) line += `\u001b[${color ?? 0}m`;
    current = color;
    line += glyph;
  }
  return current === undefined ? line : `${line}\u001b[0m`;
}
