import { formatSpan } from "./spans.ts";
import type { Axis } from "./timeline.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const steps = [
  ...[1, 2, 5].flatMap((count) => [count, count * 10, count * 100]).toSorted((a, b) => a - b),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
];

export type Tick = {
  readonly atMs: number;
  /** Since the start of the axis. */
  readonly label: string;
};

/** Round moments since the start of the axis: at least the start itself, at most `most` (2 or more). */
export function ticksOf({ fromMs, toMs }: Axis, most: number): Tick[] {
  const length = toMs - fromMs;
  const step = stepFor(length, Math.max(1, most - 1));
  const count = Math.floor(length / step) + 1;
  return Array.from({ length: count }, (_, index) => ({
    atMs: fromMs + index * step,
    label: index === 0 ? "0" : formatSpan(index * step),
  }));
}

function stepFor(length: number, most: number): number {
  const step = steps.find((one) => length / one <= most);
  if (step !== undefined) return step;
  let days = 1;
  while (length / (days * day) > most) days *= 2;
  return days * day;
}

/** Where on the axis, from 0 to 1; what lies outside is at its end. */
export function positionOn({ fromMs, toMs }: Axis, ms: number): number {
  return Math.min(1, Math.max(0, (ms - fromMs) / (toMs - fromMs)));
}

/** Where a span lies: on the axis at least in part, or all of it outside. */
export function sideOf(axis: Axis, span: { readonly fromMs: number; readonly toMs: number }) {
  if (span.toMs < axis.fromMs) return "before";
  return span.fromMs > axis.toMs ? "after" : "on";
}

/** An axis over these moments; `margin` of its length is added to its end. */
export function axisOver(fromMs: number | undefined, toMs: number | undefined, margin = 0): Axis {
  const from = fromMs ?? toMs ?? 0;
  const length = Math.max(1, (toMs ?? from) - from);
  return { fromMs: from, toMs: from + length * (1 + margin) };
}
