import type { CheckResult, CheckStatus } from "../doctor/check.ts";
import { displayWidth } from "./display-width.ts";
import { escapeLine } from "./escape.ts";
import { formatStructured } from "./structured.ts";
import { textWidth } from "./wrap.ts";

const labels: Readonly<Record<CheckStatus, string>> = {
  ok: "ok",
  warn: "warn",
  fail: "fail",
  skipped: "skip",
};
/** SGR codes: green, yellow, red, faint. */
const colors: Readonly<Record<CheckStatus, number>> = { ok: 32, warn: 33, fail: 31, skipped: 2 };
const labelWidth = 6;
const nameWidth = 13;

export type CheckLook = {
  readonly isColored: boolean;
  /** Columns that a line may take; default 80. */
  readonly width?: number | undefined;
};

/** A check in a line, or in several where it is long; what to do about it below. */
export function formatCheck(
  { name, status, message, hint }: CheckResult,
  { isColored, width = textWidth }: CheckLook,
): string {
  const label = labels[status].padEnd(labelWidth);
  const shown = isColored ? `\u001b[${colors[status]}m${label}\u001b[0m` : label;
  const indent = " ".repeat(labelWidth + nameWidth);
  const room = Math.max(20, width - indent.length);
  const [first = "", ...rest] = wrapWords(message, room);
  const advice = hint === undefined ? [] : wrapWords(hint, room - 2);
  return [
    `${shown}${name.padEnd(nameWidth)}${first}`,
    ...rest.map((line) => `${indent}${line}`),
    ...advice.map((line, index) => `${indent}${index === 0 ? "→ " : "  "}${line}`),
  ]
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

/** Broken between words only: what is longer is to be copied. */
function wrapWords(text: string, room: number): string[] {
  const lines: string[] = [];
  for (const word of escapeLine(text).split(" ")) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last === undefined || displayWidth(longer) > room) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** `{ healthy, checks: [{ name, status, message, hint? }] }` */
export function formatChecks(checks: readonly CheckResult[], form: "json" | "yaml"): string {
  const healthy = checks.every(({ status }) => status !== "fail");
  return formatStructured({ healthy, checks }, form);
}
