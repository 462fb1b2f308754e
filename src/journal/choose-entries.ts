import { ArkError } from "../lib/errors.ts";
import { didYouMean } from "../lib/suggest.ts";
import type { OpenEntry } from "./freeze-journal.ts";

export type EntryChoice = {
  /** NAMESPACE/POD, POD or the id of an entry; none: all entries. */
  readonly words: readonly string[];
  /** Of a POD without a namespace. */
  readonly namespace: string;
  /** Also entries of runs that go on, or may do so. */
  readonly isForced: boolean;
};

export type ChosenEntries = {
  readonly chosen: readonly OpenEntry[];
  readonly skipped: readonly { readonly entry: OpenEntry; readonly reason: string }[];
};

/**
 * The entries to thaw. What a run that goes on has frozen is its own to thaw: it would back up a pod that is not quiesced.
 * @throws ArkError NotFound for a word that no entry answers to
 */
export function chooseEntries(entries: readonly OpenEntry[], choice: EntryChoice): ChosenEntries {
  const meant = choice.words.length === 0 ? entries : findNamed(entries, choice);
  const judged = meant.map((entry) => ({
    entry,
    reason: choice.isForced ? undefined : reasonToSkip(entry, entries),
  }));
  return {
    chosen: judged.flatMap(({ entry, reason }) => (reason === undefined ? [entry] : [])),
    skipped: judged.flatMap(({ entry, reason }) =>
      reason === undefined ? [] : [{ entry, reason }],
    ),
  };
}

function findNamed(
  entries: readonly OpenEntry[],
  { words, namespace }: EntryChoice,
): readonly OpenEntry[] {
  const named = new Set<OpenEntry>();
  for (const word of words) {
    const path = word.includes("/") ? word : `${namespace}/${word}`;
    const found = entries.filter((entry) => entry.id === word || podPath(entry) === path);
    if (found.length === 0) {
      const message = `the journal has no open entry for ${path}${didYouMean(path, entries.map(podPath))}`;
      throw new ArkError("NotFound", message, {
        hint: "`kubectl ark hooks thaw` lists what there is. Write NAMESPACE/POD, or POD with -n.",
      });
    }
    for (const entry of found) named.add(entry);
  }
  return [...named];
}

function reasonToSkip(entry: OpenEntry, all: readonly OpenEntry[]): string | undefined {
  const { backup, owner, podUid } = entry;
  if (owner.state === "alive") return `backup ${backup} is still running (process ${owner.pid})`;
  if (owner.state === "unknown") {
    return `backup ${backup} was taken on ${owner.host}, and whether it still runs cannot be seen from here`;
  }
  const busy = all.find((other) => other.podUid === podUid && other.owner.state === "alive");
  if (busy === undefined) return undefined;
  return `backup ${busy.backup} is running and has quiesced the same pod (process ${busy.owner.pid})`;
}

/** "shop/db-0" */
export function podPath({ namespace, pod }: Pick<OpenEntry, "namespace" | "pod">): string {
  return `${namespace}/${pod}`;
}
