import { isSameServer, type JournalListing, type OpenEntry } from "../../journal/freeze-journal.ts";
import { messageOf } from "../../lib/errors.ts";
import type { Finding } from "../backup-report.ts";
import type { BackupRun } from "../backup-run.ts";

/** How many pods a warning names. */
const NAMED = 5;

/**
 * Warns, in the report and at once, about pods of this cluster that earlier runs may have left frozen. Nothing is thawed:
 * that is for the user to decide. Never throws.
 * @returns their entries
 */
export async function warnAboutFrozen(
  { cluster, report, observe }: Pick<BackupRun, "cluster" | "report" | "observe">,
  listing: Promise<JournalListing>,
): Promise<readonly OpenEntry[]> {
  const warn = (finding: Finding): void => {
    report.warn(finding);
    observe({ kind: "warned-beforehand", finding });
  };
  try {
    const { entries, problems } = await listing;
    const here = entries.filter(({ server }) => isSameServer(server, cluster.identity.server));
    const gone = here.filter(({ owner }) => owner.state === "gone");
    const elsewhere = here.filter(({ owner }) => owner.state === "unknown");
    if (gone.length > 0) warn(leftFrozen(gone, { isElsewhere: false }));
    if (elsewhere.length > 0) warn(leftFrozen(elsewhere, { isElsewhere: true }));
    for (const { path, message } of problems) {
      warn({ message: `the journal of freezes cannot be read whole: ${path}: ${message}` });
    }
    return here;
  } catch (error) {
    warn({ message: messageOf(error) });
    return [];
  }
}

function leftFrozen(
  entries: readonly OpenEntry[],
  { isElsewhere }: { isElsewhere: boolean },
): Finding {
  const pods = [...new Set(entries.map(({ namespace, pod }) => `${namespace}/${pod}`))];
  const named = pods.slice(0, NAMED).join(", ") + (pods.length > NAMED ? ", …" : "");
  const count = pods.length === 1 ? "1 pod" : `${pods.length} pods`;
  const since = entries[0]?.frozenAt.toISOString() ?? "";
  const hosts = [...new Set(entries.map(({ owner }) => owner.host))].join(", ");
  const unless = isElsewhere ? ` unless the run on ${hosts} still goes on` : "";
  return {
    message: `${count} may still be frozen since ${since}${unless}: ${named}`,
    hint: isElsewhere
      ? "See: kubectl ark hooks thaw; when that run is over: kubectl ark hooks thaw --force NAMESPACE/POD"
      : "See: kubectl ark hooks thaw; to thaw: kubectl ark hooks thaw --all",
  };
}
