import { barColors, failedColor } from "./glyphs.ts";
import { cellsOf, paintRange, printCells, type Cell } from "./paint.ts";
import { plainText, shortenMiddle } from "./plain-text.ts";
import { ruler } from "./ruler.ts";
import { formatSpan, freezeSpan } from "./spans.ts";
import { blockName, type TextStyle } from "./text-block.ts";
import type { BlockTimeline, Timeline } from "./timeline.ts";

const lengthWidth = 13;

/** The whole backup on one axis, one line for each block. */
export function formatOverview({ blocks, axis }: Timeline, style: TextStyle): string[] {
  const { glyphs, width } = style;
  const nameWidth = Math.floor(width * 0.32);
  const barWidth = width - nameWidth - lengthWidth - 2;
  const [labels, line] = ruler(axis, glyphs, barWidth);
  const indent = " ".repeat(nameWidth + 1);
  const rows = blocks.map((block) => {
    const name = shortenMiddle(plainText(blockName(block), glyphs), nameWidth, glyphs.ellipsis);
    const bar = printCells(paintBlock(block, axis, style, barWidth), style.isColored);
    return `${name.padEnd(nameWidth)} ${bar} ${frozenFor(block)}`;
  });
  return [`${indent}${labels} ${"frozen for".padStart(lengthWidth)}`, `${indent}${line}`, ...rows];
}

function frozenFor({ times: { frozenMs }, isFailed }: BlockTimeline): string {
  const length = frozenMs === undefined ? "not frozen" : shortSpan(frozenMs);
  return (isFailed ? `${length} !` : length).padStart(lengthWidth).slice(-lengthWidth);
}

/** No longer than eleven characters: the two largest units will do. */
function shortSpan(ms: number): string {
  const words = formatSpan(ms).split(" ").slice(0, 4).join(" ");
  return words.length <= 11 ? words : words.split(" ").slice(0, 2).join(" ").slice(0, 11);
}

function paintBlock(
  block: BlockTimeline,
  axis: Timeline["axis"],
  { glyphs }: TextStyle,
  width: number,
): Cell[] {
  const cells: Cell[] = Array.from({ length: width }, () => ({ glyph: " " }));
  const fill = (from: number | undefined, to: number | undefined, cell: Cell): void => {
    if (from === undefined || to === undefined) return;
    const range = cellsOf(axis, { fromMs: from, toMs: Math.max(from, to) }, width);
    if (range) paintRange(cells, range, cell);
  };
  const bars = block.lanes.flatMap((lane) => lane.bars);
  for (const kind of ["settling", "copying", "cutting"] as const) {
    const cell = { glyph: glyphs.bars[kind], color: barColors[kind] };
    for (const one of bars.filter((bar) => bar.kind === kind)) fill(one.fromMs, one.toMs, cell);
  }
  const color = block.isFailed ? failedColor : barColors.held;
  const { freezeMs, thawMs } = freezeSpan(block.times);
  fill(freezeMs, thawMs, { glyph: glyphs.bars.held, color });
  return cells;
}
