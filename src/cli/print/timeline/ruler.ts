import { positionOn, ticksOf } from "./axis.ts";
import type { Glyphs } from "./glyphs.ts";
import type { Axis } from "./timeline.ts";

/** Room for most labels and a gap; the long ones that do not fit are left out. */
const tickWidth = 10;

/** Two lines of exactly `width` columns: labels that never touch, and the axis with a tick below the start of each. */
export function ruler(axis: Axis, glyphs: Glyphs, width: number): readonly [string, string] {
  let labels = "";
  const line = Array.from({ length: width }, () => glyphs.ruler);
  for (const { atMs, label } of ticksOf(axis, Math.max(2, Math.floor(width / tickWidth)))) {
    const column = Math.min(width - 1, Math.floor(positionOn(axis, atMs) * width));
    const isFree = labels === "" || column > labels.length;
    if (!isFree || column + label.length > width) continue;
    labels = labels.padEnd(column) + label;
    line[column] = glyphs.tick;
  }
  return [labels.padEnd(width), line.join("")];
}
