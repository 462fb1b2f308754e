import { join } from "shlex";
import type { HookOutcome } from "../../hooks/hook.ts";
import { podPath } from "../../journal/choose-entries.ts";
import type { JournalProblem, OpenEntry } from "../../journal/freeze-journal.ts";
import type { ThawResult } from "../../journal/thaw-entry.ts";
import { formatGoDuration } from "../../lib/duration.ts";
import { shorten } from "../../lib/shorten.ts";
import { escapeLine } from "./escape.ts";
import { formatAge } from "./quantities.ts";
import { formatTable } from "./table.ts";

const MAX_COMMANDS = 60;

/** Open entries as `hooks thaw` lists them. */
export function formatEntries(
  entries: readonly OpenEntry[],
  now: Date,
  options: { readonly noHeaders?: boolean | undefined },
): string {
  const headers = ["ID", "POD", "FROZEN SINCE", "BACKUP", "COMMANDS", "OWNER"];
  const rows = entries.map((entry) => [
    entry.id,
    podPath(entry),
    formatSince(entry.frozenAt, now),
    entry.backup,
    shorten(entry.postHooks.map(({ command }) => join(command)).join("; "), MAX_COMMANDS),
    entry.owner.state,
  ]);
  return formatTable(headers, rows, options);
}

function formatSince(time: Date, now: Date): string {
  const age = formatAge(now.getTime() - time.getTime());
  return `${time.toISOString().replace(/\.\d+/, "")} (${age})`;
}

/** Entries and what of the journal cannot be read, for `-o json|yaml`. */
export function toEntriesJson(
  entries: readonly OpenEntry[],
  others: readonly OpenEntry[],
  problems: readonly JournalProblem[],
): unknown {
  return { items: entries.map(toItem), otherClusters: others.map(toItem), problems };
}

function toItem({ postHooks, frozenAt, ...entry }: OpenEntry): unknown {
  const hooks = postHooks.map(({ timeoutMs, ...hook }) => ({
    ...hook,
    timeout: formatGoDuration(timeoutMs),
  }));
  return { ...entry, frozenAt: frozenAt.toISOString(), postHooks: hooks };
}

/** What became of each entry, for `-o json|yaml`. */
export function toResultsJson(results: readonly ThawResult[]): unknown {
  return {
    items: results.map(({ entry, result, message, hooks }) => ({
      id: entry.id,
      namespace: entry.namespace,
      pod: entry.pod,
      podUid: entry.podUid,
      backup: entry.backup,
      result,
      message,
      hooks: hooks.map(toHookJson),
    })),
  };
}

function toHookJson({ container, hook, status, message, exitCode }: HookOutcome): unknown {
  return { container, command: hook.command, status, message, exitCode };
}

/** What became of an entry that is closed, as a line. */
export function formatClosed({ entry, result, message }: ThawResult): string {
  const done = result === "obsolete" ? "closed" : result;
  return escapeLine(`pod ${podPath(entry)} ${done}${message === undefined ? "" : `: ${message}`}`);
}

/** "1 entry of https://…: use --context prod", one line for each cluster. */
export function formatOtherClusters(others: readonly OpenEntry[]): string[] {
  const byServer = Map.groupBy(others, ({ server, context }) => JSON.stringify([server, context]));
  return [...byServer.values()].map((entries) => {
    const [first] = entries;
    const count = entries.length === 1 ? "1 entry" : `${entries.length} entries`;
    return escapeLine(`${count} of ${first?.server}: use --context ${first?.context}`);
  });
}
