import type { LogFields, LogLevel } from "../lib/log.ts";

export type LogLine = {
  readonly time: Date;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields?: LogFields | undefined;
};

/**
 * One line of `<backup>-logs.gz` with its newline, as logrus's text formatter without colours (Ark 0.8.1):
 * `time="2018-07-10T13:15:16Z" level=info msg="Backing up resource" backup=heptio-ark/nginx`. Extra keys are sorted.
 */
export function formatLogLine(line: LogLine): string {
  const pairs: [string, string][] = Object.entries(line.fields ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([key, value]): [string, string] => [plainKey(key), String(value)])
    .toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)));
  pairs.unshift(["time", rfc3339(line.time)], ["level", line.level], ["msg", line.message]);
  return `${pairs.map(([key, value]) => `${key}=${quoteIfNeeded(value)}`).join(" ")}\n`;
}

const STANDARD_KEYS = new Set(["time", "level", "msg"]);

/** logrus sets its own three keys apart from a field of the same name, and writes keys unquoted: hold them to one word. */
function plainKey(key: string): string {
  const word = key.replaceAll(/[^A-Za-z0-9._-]/g, "_");
  return STANDARD_KEYS.has(word) ? `fields.${word}` : word;
}

/** As Go's RFC3339: whole seconds. */
function rfc3339(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

function quoteIfNeeded(value: string): string {
  return /^[A-Za-z0-9./_@^+-]*$/.test(value) ? value : quoteGo(value);
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

/** As Go's strconv.Quote: what is not a letter, mark, number, punctuation, symbol or the plain space is escaped. */
function quoteGo(value: string): string {
  return `"${value.replaceAll(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, escapeGo)}"`;
}

function escapeGo(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x20 || code === 0x7f) return `\\x${hex.padStart(2, "0")}`;
  if (code >= 0xd800 && code <= 0xdfff) return "\\ufffd";
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
