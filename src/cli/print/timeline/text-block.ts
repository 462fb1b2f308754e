import type { Glyphs } from "./glyphs.ts";
import { paintLane, printCells } from "./paint.ts";
import { plainText, shortenMiddle, wrapText } from "./plain-text.ts";
import { ruler } from "./ruler.ts";
import { formatMoment, formatSpan, formatTimeOfDay } from "./spans.ts";
import type { BlockTimeline, Lane } from "./timeline.ts";

export type TextStyle = {
  readonly glyphs: Glyphs;
  readonly isColored: boolean;
  /** Columns of a line, at least 40. */
  readonly width: number;
};

/** A block in full: what the freeze was spent on, an axis, and two lines for each pod and claim. */
export function formatBlock(block: BlockTimeline, total: number, style: TextStyle): string[] {
  const { glyphs, width } = style;
  const plain = (text: string): string => plainText(text, glyphs);
  const title = `Block ${block.number} of ${total}: ${blockName(block)}`;
  return [
    bold(shortenMiddle(plain(title), width, glyphs.ellipsis), style),
    ...wrapText(plain(`${describeFreeze(block)}${describeParts(block)}.`), width),
    ...block.notes.flatMap((note) => wrapText(plain(note), width, "  ")),
    ...ruler(block.axis, glyphs, width).map((line) => line.trimEnd()),
    ...block.lanes.flatMap((lane) => formatLane(lane, block, style)),
  ];
}

function bold(text: string, { isColored }: TextStyle): string {
  return isColored ? `\u001b[1m${text}\u001b[0m` : text;
}

/** "shop/db-0 and 2 more" */
export function blockName({ pods, claims }: Pick<BlockTimeline, "pods" | "claims">): string {
  const [first = claims[0] ?? "nothing", ...others] = pods;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

/** "Frozen for 812 ms, from 2026-11-24 05:30:56.789 to 05:30:57.601 UTC" */
export function describeFreeze({ times, axis }: BlockTimeline): string {
  const { freezeMs, thawMs, frozenMs } = times;
  if (freezeMs === undefined) {
    return `Not frozen: no hook ran. The axis starts at ${formatMoment(axis.fromMs)}`;
  }
  const length = frozenMs === undefined ? "for an unknown time" : `for ${formatSpan(frozenMs)}`;
  const from = formatMoment(freezeMs).replace(" UTC", "");
  const to = thawMs === undefined ? "an unknown time" : `${formatTimeOfDay(thawMs)} UTC`;
  return `Frozen ${length}, from ${from} to ${to}`;
}

function describeParts({ parts }: BlockTimeline): string {
  const spent = parts.map(({ what, ms }) => `${formatSpan(ms)} ${what}`).join(", ");
  return spent === "" ? "" : `: ${spent}`;
}

function formatLane(lane: Lane, { axis }: BlockTimeline, style: TextStyle): string[] {
  const { glyphs, width, isColored } = style;
  const figures = plainText(lane.figures.join(", "), glyphs);
  const cells = paintLane(lane, axis, glyphs, width);
  const drawn = lane.bars.length === 0 ? [] : [printCells(cells, isColored).trimEnd()];
  const problem = lane.problem === undefined ? [] : [plainText(lane.problem, glyphs)];
  return [
    ...beside(plainText(lane.name, glyphs), figures, style),
    ...drawn,
    ...problem.flatMap((text) => wrapText(`  ${text}`, width, "  ")),
  ];
}

/** The name to the left, the figures to the right; below each other where that is too much for a line. */
function beside(name: string, figures: string, { width, glyphs }: TextStyle): string[] {
  const room = width - figures.length - 2;
  if (name.length <= room) return [`${name}${figures.padStart(width - name.length)}`.trimEnd()];
  return [shortenMiddle(name, width, glyphs.ellipsis), ...wrapText(`  ${figures}`, width, "  ")];
}
