import type { Freeze } from "../freeze-journal.ts";
import { type JournalHeader, parseLine } from "./journal-lines.ts";

/** What a run's file says. */
export type RunContent = {
  /** Absent where the file ends before its header does: nothing was frozen then. */
  readonly header?: JournalHeader | undefined;
  /** By id, in the order of the file. */
  readonly open: ReadonlyMap<string, Freeze>;
  /** What cannot be read and may hide something. */
  readonly problems: readonly string[];
};

/**
 * Reads a run's file. The rest of a line that was cut off, at the end of what one writer wrote, is passed over: its hook
 * was never started, because the start waits until the line is whole on the disk. What else cannot be read is a problem.
 */
export function readRunContent(text: string): RunContent {
  const [first = "", ...others] = text.split("\n");
  const parsed = parseLine(first);
  if (parsed === undefined && others.join("") === "") {
    const isRest = others.length !== 1;
    return { open: new Map(), problems: isRest ? [] : [unreadable(1)] };
  }
  if (parsed === "too new") return nothing("it was written by another version of kubectl-ark");
  if (parsed?.type !== "run") return nothing("it does not begin as a journal does");
  return { header: parsed, ...readLines(others) };
}

function readLines(lines: readonly string[]): Pick<RunContent, "open" | "problems"> {
  const open = new Map<string, Freeze>();
  const problems: string[] = [];
  for (const [index, text] of lines.entries()) {
    if (text === "") continue;
    const line = parseLine(text);
    if (line === undefined || line === "too new" || line.type === "run") {
      if (!isRestOfLine(lines, index)) problems.push(unreadable(index + 2));
    } else if (line.type === "freezing") open.set(line.id, line.freeze);
    else open.delete(line.id);
  }
  return { open, problems };
}

/**
 * The last line, without a line feed; or one before the single empty line that whoever writes behind it puts there.
 * Behind a line that had its line feed there are two.
 */
function isRestOfLine(lines: readonly string[], index: number): boolean {
  const last = lines.length - 1;
  if (index === last) return true;
  const [next, afterNext] = [lines[index + 1], lines[index + 2]];
  return next === "" && index + 1 < last && (afterNext !== "" || index + 2 === last);
}

function nothing(problem: string): RunContent {
  return { open: new Map(), problems: [problem] };
}

function unreadable(line: number): string {
  return `line ${line} cannot be read`;
}
