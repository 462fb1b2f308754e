import { randomInt } from "node:crypto";

/** Numbers from 0 to 1 that a seed gives again. */
export function createRandom(given: string | undefined): { readonly seed: number; next(): number } {
  const seed = given === undefined ? randomInt(2 ** 31) : Number(given);
  let state = seed;
  return {
    seed,
    // mulberry32
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}
