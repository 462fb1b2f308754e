import { outputFlag, storeFlag, switchFlag, textFlag } from "../flags.ts";

/** The flags of `backup describe`. */
export const describeFlags = {
  ...storeFlag,
  ...outputFlag("json", "yaml"),
  details: switchFlag("Also the output of every hook, and checksums; with --timeline every block"),
  timeline: switchFlag("Draw when each pod was frozen, and what the time was spent on"),
  html: textFlag("Write the same as one page of HTML into this file, - for standard output"),
  force: switchFlag("With --html: overwrite the file"),
} as const;

export const describeExamples: [string, string][] = [
  ["$0 backup describe nightly --details", "with each hook's output"],
  ["$0 backup describe nightly --timeline", "how long was what frozen, and why"],
  ["$0 backup describe nightly --html nightly.html", "a page to look at in a browser, or to send"],
];
