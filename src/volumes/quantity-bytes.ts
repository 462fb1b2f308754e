const FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * Bytes of a Kubernetes quantity ("32Mi", "1.5G", "1e9", "33554432"), rounded up; undefined for what is none, is negative, or
 * is beyond what a number can count exactly.
 */
export function quantityBytes(quantity: string): number | undefined {
  const parts =
    /^(\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE]([+-]?\d{1,2})|([kMGTPE]i?|Ki)?)$/.exec(quantity);
  if (parts === null) return undefined;
  const [, digits = "", exponent = "0", suffix = ""] = parts;
  const factor = FACTORS[suffix];
  if (factor === undefined) return undefined;
  const bytes = Math.ceil(Number(digits) * 10 ** Number(exponent) * factor);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
