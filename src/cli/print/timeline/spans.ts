import type { Bar, BarKind, BlockTimes } from "./timeline.ts";

/** Three thousand years: added to any Date it still is an exact number. */
const longestMs = 1e14;

/** Milliseconds since 1970; undefined for what is absent or no time. */
export function timeOf(timestamp: string | undefined): number | undefined {
  const ms = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  return Number.isFinite(ms) ? ms : undefined;
}

/** Seconds of a record as milliseconds, between 0 and 3000 years. */
export function lengthOf(seconds: number): number {
  return Math.min(Math.max(0, seconds * 1000), longestMs);
}

/** A bar, whatever the clock did between its ends. */
export function bar(
  kind: BarKind,
  [fromMs, toMs]: readonly [number, number],
  text: string,
  isFailed = false,
): Bar {
  return { kind, fromMs, toMs: Math.max(fromMs, toMs), text, isFailed };
}

/**
 * A length in words, as exact as it is worth: "812 ms", "1.23 s", "2 min 5 s", "1 h 30 min". Zeros at the end are left
 * out. A negative one keeps its sign: the clock was set back.
 */
export function formatSpan(ms: number): string {
  if (ms < 0) return `-${formatSpan(-ms)}`;
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`;
  const hundredths = Math.round(ms / 10);
  if (hundredths < 6000) return `${hundredths / 100} s`;
  const seconds = Math.round(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor((seconds % 3600) / 60), "min"],
    [seconds % 60, "s"],
  ];
  const words = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return words.join(" ");
}

/** "2026-11-24 05:30:56.789 UTC"; "at an unknown time" where it is not known. */
export function formatMoment(ms: number | undefined): string {
  const date = ms === undefined ? undefined : new Date(ms);
  if (date === undefined || Number.isNaN(date.getTime())) return "at an unknown time";
  return date.toISOString().replace("T", " ").replace("Z", " UTC");
}

/** "05:30:56.789" */
export function formatTimeOfDay(ms: number): string {
  return formatMoment(ms).split(" ")[1] ?? "";
}

/** Where a freeze lies; its end by its measured length, where the clock was set in between. */
export function freezeSpan({ freezeMs, thawMs, frozenMs, clockStepMs }: BlockTimes) {
  const measured = (freezeMs ?? 0) + (frozenMs ?? 0);
  return { freezeMs, thawMs: clockStepMs === 0 ? thawMs : measured };
}

export function smallest(values: readonly (number | undefined)[]): number | undefined {
  return known(values).reduce<number | undefined>((a, b) => Math.min(a ?? b, b), undefined);
}

export function largest(values: readonly (number | undefined)[]): number | undefined {
  return known(values).reduce<number | undefined>((a, b) => Math.max(a ?? b, b), undefined);
}

function known(values: readonly (number | undefined)[]): number[] {
  return values.filter((value) => value !== undefined);
}
