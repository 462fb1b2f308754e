import type { BarKind } from "./timeline.ts";

/** The characters that a timeline in a terminal is drawn with. All are one column wide. */
export type Glyphs = {
  readonly isAscii: boolean;
  readonly bars: Readonly<Record<BarKind, string>>;
  readonly cut: string;
  readonly failed: string;
  /** What lies beyond the end, and before the start, of the axis. */
  readonly beyond: string;
  readonly before: string;
  readonly ruler: string;
  readonly tick: string;
  readonly ellipsis: string;
};

const unicode: Glyphs = {
  isAscii: false,
  bars: { pre: "▒", held: "█", post: "░", cutting: "━", settling: "─", copying: "▄" },
  cut: "◆",
  failed: "✗",
  beyond: "▶",
  before: "◀",
  ruler: "─",
  tick: "┬",
  ellipsis: "…",
};

const ascii: Glyphs = {
  isAscii: true,
  bars: { pre: "/", held: "#", post: "\\", cutting: "=", settling: "-", copying: "~" },
  cut: "*",
  failed: "x",
  beyond: ">",
  before: "<",
  ruler: "-",
  tick: "+",
  ellipsis: "...",
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Unicode where the locale says UTF-8, by LC_ALL, LC_CTYPE or LANG, the first that is set, and the terminal is neither
 * "dumb" nor Linux's console, whose font lacks half of it. Windows Terminal has no locale and can.
 */
export function chooseGlyphs(env: Environment): Glyphs {
  const term = env["TERM"] ?? "";
  if (term === "dumb" || term === "linux") return ascii;
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return /utf-?8/i.test(locale) || env["WT_SESSION"] ? unicode : ascii;
}

/** On a terminal that can, unless NO_COLOR is set to anything (no-color.org). */
export function wantsColor(env: Environment, device: { readonly isTTY?: boolean | undefined }) {
  return device.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}

/** SGR codes of the sixteen colours, which every theme of a terminal keeps legible. */
export const barColors: Readonly<Record<BarKind, number>> = {
  pre: 33,
  held: 36,
  post: 32,
  cutting: 35,
  settling: 35,
  copying: 34,
};
export const failedColor = 31;
