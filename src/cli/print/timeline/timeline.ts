/** What a timeline shows, as data: the text and the HTML renderer draw the same. Times are milliseconds since 1970. */
export type Timeline = {
  readonly backup: string;
  readonly phase: string;
  readonly axis: Axis;
  /** Blocks with something to draw, in the order of the record. */
  readonly blocks: readonly BlockTimeline[];
  /** How many blocks had neither hooks nor snapshots nor copies. */
  readonly emptyBlocks: number;
};

/** `toMs` is greater than `fromMs`. */
export type Axis = { readonly fromMs: number; readonly toMs: number };

export type BlockTimeline = {
  /** Counted from 1, among all blocks of the record. */
  readonly number: number;
  readonly pods: readonly string[];
  readonly claims: readonly string[];
  /** Around the freeze; what goes on for long after it is cut off. */
  readonly axis: Axis;
  readonly times: BlockTimes;
  /** What the freeze was spent on, in order; empty where nothing was frozen. */
  readonly parts: readonly FreezePart[];
  readonly lanes: readonly Lane[];
  readonly notes: readonly string[];
  readonly isFailed: boolean;
};

export type BlockTimes = {
  readonly startMs: number | undefined;
  /** Start of the first pre hook; undefined where no hook ran. */
  readonly freezeMs: number | undefined;
  readonly quiescedMs: number | undefined;
  readonly thawMs: number | undefined;
  /** The length of the freeze by a clock that nobody can set; undefined where no hook ran. */
  readonly frozenMs: number | undefined;
  /** By how much the clock was set meanwhile; 0 where that cannot be told from running slow. */
  readonly clockStepMs: number;
};

export type FreezePart = { readonly what: string; readonly ms: number };

/** What happened to one pod or to one claim. */
export type Lane = {
  readonly of: "pod" | "claim";
  /** "namespace/name" */
  readonly name: string;
  readonly bars: readonly Bar[];
  readonly marks: readonly Mark[];
  /** The exact figures of the bars, in words. */
  readonly figures: readonly string[];
  /** Why there is no bar, or what went wrong. */
  readonly problem?: string | undefined;
  readonly isFailed: boolean;
};

/** In the order in which they are painted: later ones over earlier ones. */
export const BAR_KINDS = ["copying", "settling", "cutting", "held", "pre", "post"] as const;
export type BarKind = (typeof BAR_KINDS)[number];

/** `toMs` is never before `fromMs`. */
export type Bar = {
  readonly kind: BarKind;
  readonly fromMs: number;
  readonly toMs: number;
  readonly text: string;
  readonly isFailed: boolean;
};

/** A moment: a snapshot was cut. */
export type Mark = { readonly atMs: number; readonly text: string };
