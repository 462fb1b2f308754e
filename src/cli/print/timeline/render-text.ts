import { barWords } from "./bar-words.ts";
import { barColors, type Glyphs } from "./glyphs.ts";
import { printCells, type Cell } from "./paint.ts";
import { plainText, wrapText } from "./plain-text.ts";
import { formatMoment, formatSpan } from "./spans.ts";
import { blockName, formatBlock, type TextStyle } from "./text-block.ts";
import { formatOverview } from "./text-overview.ts";
import type { BlockTimeline, Timeline } from "./timeline.ts";

/** More blocks than these are a line each; the ones that matter are drawn in full all the same. */
const drawnInFull = 10;

/**
 * `describe --timeline`: the whole backup with a line for each block, then blocks in full: all with `details`,
 * otherwise those that failed and those that were frozen longest. No line is wider than the style's width.
 */
export function formatTimeline(
  timeline: Timeline,
  style: TextStyle,
  options: { readonly details: boolean },
): string {
  const { blocks, axis, emptyBlocks } = timeline;
  const shown = options.details ? [...blocks] : blocksThatMatter(blocks);
  const total = blocks.length + emptyBlocks;
  const hidden = blocks.length - shown.length;
  const plain = (text: string): string[] => wrapText(plainText(text, style.glyphs), style.width);
  const took = formatSpan(axis.toMs - axis.fromMs);
  return [
    ...plain(`Backup ${timeline.backup} ${timeline.phase}: ${formatMoment(axis.fromMs)}, ${took}.`),
    ...plain(longestFreeze(blocks)),
    ...plain(
      emptyBlocks === 0 ? "" : `${emptyBlocks} of ${total} blocks had neither hooks nor snapshots.`,
    ),
    ...(blocks.length === 0 ? [] : formatOverview(timeline, style)),
    ...(hidden === 0 ? [] : ["", ...plain(hiddenBlocks(shown.length))]),
    ...shown.flatMap((block) => ["", ...formatBlock(block, total, style)]),
    ...(blocks.length === 0 ? [] : ["", ...legend(style)]),
    "",
  ]
    .filter((line, index, lines) => line !== "" || lines[index - 1] !== "")
    .join("\n");
}

function hiddenBlocks(shown: number): string {
  return `In full: the ${shown} blocks that failed or were frozen longest. All of them: --details.`;
}

function longestFreeze(blocks: readonly BlockTimeline[]): string {
  const [longest] = byFreeze(blocks);
  if (longest?.times.frozenMs === undefined) return "Nothing was frozen.";
  return `Longest freeze: ${formatSpan(longest.times.frozenMs)}, ${blockName(longest)}.`;
}

function byFreeze(blocks: readonly BlockTimeline[]): BlockTimeline[] {
  return blocks.toSorted((a, b) => (b.times.frozenMs ?? -1) - (a.times.frozenMs ?? -1));
}

/** In their own order. */
export function blocksThatMatter(blocks: readonly BlockTimeline[]): BlockTimeline[] {
  const ranked = byFreeze(blocks).toSorted((a, b) => Number(b.isFailed) - Number(a.isFailed));
  const chosen = new Set(ranked.slice(0, drawnInFull));
  return blocks.filter((block) => chosen.has(block));
}

function legend({ glyphs, isColored, width }: TextStyle): string[] {
  const entries = [
    ...barWords.map(([kind, text]) => entry(glyphs.bars[kind], text, barColors[kind])),
    ...others(glyphs).map(([glyph, text]) => entry(glyph, text, undefined)),
  ];
  const lines: Cell[][] = [];
  let line: Cell[] = [];
  for (const cells of entries) {
    if (line.length > 0 && line.length + 2 + cells.length > width) {
      lines.push(line);
      line = [];
    }
    line = line.length === 0 ? cells : [...line, ...letters("  "), ...cells];
  }
  return [...lines, line].map((cells) => printCells(cells, isColored));
}

function others(glyphs: Glyphs): [string, string][] {
  return [
    [glyphs.cut, "cut"],
    [glyphs.failed, "failed"],
    [glyphs.beyond, "goes on"],
  ];
}

const letters = (text: string): Cell[] => Array.from(text, (glyph) => ({ glyph }));

function entry(glyph: string, text: string, color: number | undefined): Cell[] {
  return [{ glyph, color }, ...letters(` ${text}`)];
}
