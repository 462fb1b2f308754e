const NS_PER_UNIT: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  "\u00b5s": 1_000n,
  "\u03bcs": 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const SECOND = 1_000_000_000n;
const MAX_NS = 2n ** 63n - 1n;
/** 2^63 has 19 digits; more of them cannot fit and are not worth converting. */
const MAX_INTEGER_DIGITS = 19;
/** Finer than a nanosecond even in hours; what follows is dropped, as Go drops it. */
const MAX_FRACTION_DIGITS = 15;

/**
 * Milliseconds of a Go duration ("1h30m", "1.5s", ".5m", "-5s", "0"); undefined when Go's time.ParseDuration refuses it,
 * an overflow of its 64 bits included. The result has fractions below a millisecond and can be negative.
 */
export function parseGoDuration(text: string): number | undefined {
  const negative = text.startsWith("-");
  const unsigned = negative || text.startsWith("+") ? text.slice(1) : text;
  const ns = unsigned === "0" ? 0n : sumOfComponents(unsigned);
  if (ns === undefined) return undefined;
  const ms = Number(ns / 1_000_000n) + Number(ns % 1_000_000n) / 1e6;
  return negative && ms > 0 ? -ms : ms;
}

function sumOfComponents(text: string): bigint | undefined {
  if (text === "") return undefined;
  const component = /(\d*)(?:\.(\d*))?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y;
  let total = 0n;
  while (component.lastIndex < text.length) {
    const match = component.exec(text);
    const ns = match === null ? undefined : componentNs(match);
    if (ns === undefined) return undefined;
    total += ns;
    if (total > MAX_NS) return undefined;
  }
  return total;
}

function componentNs([, integer = "", fraction = "", unit = ""]: RegExpExecArray):
  | bigint
  | undefined {
  const unitNs = NS_PER_UNIT[unit];
  if (unitNs === undefined || integer + fraction === "") return undefined;
  const digits = integer.replace(/^0+/, "");
  if (digits.length > MAX_INTEGER_DIGITS) return undefined;
  const kept = fraction.slice(0, MAX_FRACTION_DIGITS);
  return BigInt(`0${digits}`) * unitNs + (BigInt(`0${kept}`) * unitNs) / 10n ** BigInt(kept.length);
}

/** A finite number of milliseconds in the form of Go's Duration.String(): "720h0m0s", "1m30s", "1.5s", "20ms", "0s". */
export function formatGoDuration(ms: number): string {
  const ns = BigInt(Math.trunc(ms)) * 1_000_000n + BigInt(Math.round((ms % 1) * 1e6));
  if (ns === 0n) return "0s";
  return ns < 0n ? `-${formatPositive(-ns)}` : formatPositive(ns);
}

function formatPositive(ns: bigint): string {
  if (ns < 1_000n) return `${ns}ns`;
  if (ns < 1_000_000n) return `${decimal(ns, 1_000n)}\u00b5s`;
  if (ns < SECOND) return `${decimal(ns, 1_000_000n)}ms`;
  const minutes = ns / (60n * SECOND);
  const seconds = `${decimal(ns % (60n * SECOND), SECOND)}s`;
  if (minutes === 0n) return seconds;
  if (minutes < 60n) return `${minutes}m${seconds}`;
  return `${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function decimal(ns: bigint, unitNs: bigint): string {
  const fraction = String(ns % unitNs)
    .padStart(String(unitNs).length - 1, "0")
    .replace(/0+$/, "");
  return fraction === "" ? `${ns / unitNs}` : `${ns / unitNs}.${fraction}`;
}
