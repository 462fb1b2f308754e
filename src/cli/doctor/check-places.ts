import { isSameServer, type JournalListing, type OpenEntry } from "../../journal/freeze-journal.ts";
import { formatBytes, plural } from "../print/quantities.ts";
import { fail, failOf, joined, judged, type Remark, type Verdict, warn } from "./check.ts";
import type { JournalPlace, StorePlace } from "./doctor-tools.ts";

const MIB = 1024 * 1024;
/** Less does not hold the objects of a small cluster. */
const TOO_LITTLE_BYTES = 16 * MIB;
const LITTLE_BYTES = 1024 * MIB;

/**
 * Whether a backup could be kept.
 * @throws ArkError StoreUnavailable when there is a store and it cannot be read
 */
export async function judgeStore(place: StorePlace, signal: AbortSignal): Promise<Verdict> {
  if (place.problem !== undefined) return failOf(place.problem);
  const backups = await place.store.list(signal);
  const { freeBytes, isThere, isInMemory } = place;
  const facts = joined(
    `${place.store.url} can be written`,
    freeBytes !== undefined && `${formatBytes(freeBytes)} free`,
    isThere ? plural(backups.length, "backup") : "the directory will be made",
  );
  const choose = "Free some, or choose another place with --store.";
  return judged(
    facts,
    freeBytes !== undefined &&
      freeBytes < LITTLE_BYTES &&
      (freeBytes < TOO_LITTLE_BYTES ? fail : warn)("there is little space", choose),
    isInMemory && warn("it is in memory and gone after a restart", "Choose a disk with --store."),
    openToOthers(place),
  );
}

function openToOthers({
  isOpenToOthers,
  path,
}: Pick<StorePlace, "isOpenToOthers" | "path">): Remark {
  return (
    isOpenToOthers &&
    warn("others may look into it, and backups hold Secrets", `Run: chmod 700 '${path}'`)
  );
}

/**
 * Whether freezes can be noted, and whether one is still open.
 * @param server of the cluster, undefined when that is not known: then all count
 * @throws ArkError JournalUnavailable
 */
export async function judgeJournal(
  { problem, journal }: Pick<JournalPlace, "problem" | "journal">,
  server: string | undefined,
): Promise<Verdict> {
  if (problem !== undefined) return failOf(problem);
  const listing = await journal.entries();
  const facts = `${journal.location} can be written`;
  return judged(facts, ...frozenPods(listing, server), ...unreadable(listing));
}

function frozenPods({ entries }: JournalListing, server: string | undefined): Remark[] {
  const isHere = (entry: OpenEntry): boolean =>
    server === undefined || isSameServer(entry.server, server);
  const left = entries.filter((entry) => isHere(entry) && entry.owner.state !== "alive");
  if (left.length === 0) return [];
  const pods = [...new Set(left.map(({ namespace, pod }) => `${namespace}/${pod}`))];
  const named = pods.slice(0, 5).join(", ") + (pods.length > 5 ? ", …" : "");
  return [
    warn(
      `${plural(pods.length, "pod")} may still be frozen: ${named}`,
      "See: kubectl ark hooks thaw; to thaw: kubectl ark hooks thaw --all",
    ),
  ];
}

function unreadable({ problems }: JournalListing): Remark[] {
  return problems.map(({ path, message }) =>
    warn(`${path}: ${message}`, "It may tell of a frozen pod: look at it, then remove it."),
  );
}
