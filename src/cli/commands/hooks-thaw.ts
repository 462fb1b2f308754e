import type { Cluster } from "../../cluster/cluster.ts";
import { chooseEntries, podPath, type ChosenEntries } from "../../journal/choose-entries.ts";
import {
  isSameServer,
  type FreezeJournal,
  type JournalListing,
  type OpenEntry,
} from "../../journal/freeze-journal.ts";
import { forgetEntries, thawEntries } from "../../journal/thaw-entries.ts";
import type { ThawResult } from "../../journal/thaw-entry.ts";
import { ArkError } from "../../lib/errors.ts";
import { systemClock } from "../../lib/system-clock.ts";
import type { CliContext } from "../cli-context.ts";
import { openCluster, openJournal } from "../compose.ts";
import { confirm } from "../confirm.ts";
import type { ConnectionArguments } from "../connection-arguments.ts";
import { EXIT } from "../exit-codes.ts";
import { escapeLine } from "../print/escape.ts";
import { formatStructured } from "../print/structured.ts";
import {
  formatClosed,
  formatEntries,
  formatOtherClusters,
  toEntriesJson,
  toResultsJson,
} from "../print/thaw.ts";

export type HooksThawArguments = {
  readonly pod?: readonly string[] | undefined;
  readonly all?: boolean | undefined;
  readonly force?: boolean | undefined;
  readonly forget?: boolean | undefined;
  readonly yes?: boolean | undefined;
  readonly output?: "json" | "yaml" | undefined;
  readonly "no-headers"?: boolean | undefined;
  readonly namespace?: string | undefined;
};

export type ThawEnvironment = {
  readonly cluster: Cluster;
  readonly journal: FreezeJournal;
  readonly context: CliContext;
};

/** `hooks thaw`: lists what may still be frozen, or runs the post hooks. */
export async function runHooksThaw(
  flags: HooksThawArguments & ConnectionArguments,
  context: CliContext,
): Promise<number> {
  const opened = await openCluster(flags, context);
  try {
    const journal = openJournal(context);
    return await thawHooks(flags, { cluster: opened.cluster, journal, context });
  } finally {
    opened.close();
  }
}

/**
 * @returns the exit code: 1 when a pod may be frozen still, or when the journal cannot be read whole
 * @throws ArkError Usage, NotFound, JournalUnavailable; Cancelled, after the pods under way were thawed
 */
export async function thawHooks(
  flags: HooksThawArguments,
  environment: ThawEnvironment,
): Promise<number> {
  const words = flags.pod ?? [];
  assertUsage(flags, words);
  const { cluster, journal, context } = environment;
  const listing = await journal.entries();
  const isHere = ({ server }: OpenEntry): boolean => isSameServer(server, cluster.identity.server);
  const here = listing.entries.filter(isHere);
  const others = listing.entries.filter((entry) => !isHere(entry));
  tellProblems(listing, context);
  const isWhole = listing.problems.length === 0;
  const isListing = words.length === 0 && flags.all !== true;
  if (isListing || here.length === 0) {
    showEntries({ here, others, listing }, flags, environment);
    return isWhole ? EXIT.ok : EXIT.failed;
  }
  tellOthers(others, context);
  const namespace = flags.namespace ?? cluster.identity.namespace;
  const isForced = flags.force === true;
  const chosen = chooseEntries(here, { words, namespace, isForced });
  for (const { entry, reason } of chosen.skipped) {
    context.stderr.write(escapeLine(`skipped ${podPath(entry)}: ${reason}`) + "\n");
  }
  if (isForced && flags.yes !== true && !(await confirmForce(chosen, context))) {
    context.stderr.write("Nothing was done.\n");
    return EXIT.failed;
  }
  const results = await thawAll(chosen.chosen, flags, environment);
  const isDone = results.every(({ result }) => result !== "failed");
  // Whoever names a pod wants it thawed; --all means what can be.
  const isMissed = words.length > 0 && chosen.skipped.length > 0;
  return isDone && isWhole && !isMissed ? EXIT.ok : EXIT.failed;
}

function assertUsage(flags: HooksThawArguments, words: readonly string[]): void {
  if (flags.all === true && words.length > 0) {
    throw new ArkError("Usage", "names and --all cannot be used together");
  }
  if (flags.force === true && words.length === 0) {
    throw new ArkError("Usage", "--force needs the names of the pods: NAMESPACE/POD");
  }
  if (flags.forget === true && words.length === 0 && flags.all !== true) {
    throw new ArkError("Usage", "say which entries to forget: NAMESPACE/POD or --all");
  }
}

function tellProblems({ problems }: JournalListing, { stderr }: CliContext): void {
  for (const { path, message } of problems) {
    stderr.write(`warning: ${escapeLine(`${path}: ${message}`)}\n`);
  }
  if (problems.length === 0) return;
  stderr.write("hint: What cannot be read may tell of a frozen pod. Look at it, then remove it.\n");
}

function tellOthers(others: readonly OpenEntry[], { stderr }: CliContext): void {
  for (const line of formatOtherClusters(others)) stderr.write(`${line}\n`);
}

type Shown = {
  readonly here: readonly OpenEntry[];
  readonly others: readonly OpenEntry[];
  readonly listing: JournalListing;
};

function showEntries(
  { here, others, listing }: Shown,
  flags: HooksThawArguments,
  { cluster, context: { stdout, stderr }, context }: ThawEnvironment,
): void {
  const { output } = flags;
  const { server } = cluster.identity;
  if (output !== undefined) {
    stdout.write(formatStructured(toEntriesJson(here, others, listing.problems), output));
  } else if (here.length > 0) {
    const noHeaders = flags["no-headers"];
    stdout.write(formatEntries(here, systemClock.now(), { noHeaders }));
  }
  if (here.length > 0) {
    stderr.write("To run their post hooks: kubectl ark hooks thaw --all\n");
  } else {
    const known = listing.problems.length === 0 ? "" : ", as far as the journal can be read";
    stderr.write(`Nothing is left frozen by kubectl-ark on ${escapeLine(server)}${known}.\n`);
  }
  tellOthers(others, context);
}

async function confirmForce({ chosen }: ChosenEntries, context: CliContext): Promise<boolean> {
  const busy = chosen.filter(({ owner }) => owner.state !== "gone");
  if (busy.length === 0) return true;
  const pods = busy.map(podPath).join(", ");
  const question = `A backup may still be running that holds ${pods}: what it captures will not be consistent. Go on?`;
  return confirm(escapeLine(question), "--yes", context);
}

async function thawAll(
  entries: readonly OpenEntry[],
  flags: HooksThawArguments,
  { cluster, journal, context }: ThawEnvironment,
): Promise<readonly ThawResult[]> {
  const results: ThawResult[] = [];
  const take = (result: ThawResult): void => {
    results.push(result);
    if (result.result === "failed") tellFailure(result, context);
    else if (flags.output === undefined) context.stdout.write(`${formatClosed(result)}\n`);
  };
  const ports = { cluster, journal, clock: systemClock };
  try {
    if (flags.forget === true) await forgetEntries(entries, ports, take);
    else await thawEntries(entries, ports, take, context.signal);
  } finally {
    if (flags.output !== undefined) {
      context.stdout.write(formatStructured(toResultsJson(results), flags.output));
    }
  }
  return results;
}

function tellFailure({ entry, message = "" }: ThawResult, { stderr }: CliContext): void {
  const pod = podPath(entry);
  stderr.write(`error: ${escapeLine(`${pod} may still be frozen: ${message}`)}\n`);
  const hint = `if it was thawed by other means, close the entry: kubectl ark hooks thaw --forget ${pod}`;
  stderr.write(`hint: ${escapeLine(`The entry stays open; ${hint}`)}\n`);
}
