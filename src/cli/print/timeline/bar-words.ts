import type { BarKind } from "./timeline.ts";

/** What each bar means, in the order of a legend. */
export const barWords: readonly (readonly [BarKind, string])[] = [
  ["pre", "pre hook"],
  ["held", "held frozen"],
  ["post", "post hook"],
  ["cutting", "snapshot asked for"],
  ["settling", "getting ready"],
  ["copying", "copy"],
];
