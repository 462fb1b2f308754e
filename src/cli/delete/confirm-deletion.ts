import { ArkError } from "../../lib/errors.ts";
import type { BackupStore } from "../../store/backup-store.ts";
import type { CliContext } from "../cli-context.ts";
import { confirm } from "../confirm.ts";
import { escapeLine } from "../print/escape.ts";
import { plural } from "../print/quantities.ts";
import { clusterName } from "./snapshot-cluster.ts";
import { shortName } from "./remove-in-cluster.ts";
import { whereOf } from "./cluster-of-backup.ts";
import type { NameLeftovers } from "./leftovers-of-name.ts";
import type { Deletion } from "./open-deletion.ts";

/**
 * Lists what is in no store, and asks for all of it unless --confirm has answered.
 * @throws ArkError Usage where --confirm is no answer: what may belong to a backup elsewhere needs a look
 */
export async function confirmDeletion(
  deletion: Deletion,
  flags: { readonly confirm?: boolean | undefined },
  { store, context }: { readonly store: BackupStore; readonly context: CliContext },
): Promise<boolean> {
  const where = nameOfCluster(deletion);
  for (const left of deletion.leftovers) {
    context.stderr.write(
      listLeftovers(
        left,
        `There is no backup "${left.name}" in ${store.url}, but cluster ${where}`,
      ),
    );
  }
  const claimed = deletion.leftovers.find(({ isAbandoned }) => !isAbandoned);
  if (flags.confirm !== true) {
    return confirm(escapeLine(questionOf(deletion, store.url)), "--confirm", context);
  }
  if (claimed === undefined) return true;
  throw new ArkError(
    "Usage",
    `--confirm does not answer for what may be of a backup in another store, or of one that is being made: ${claimed.name}`,
    { hint: "Name its store with --store, or leave --confirm out to be asked." },
  );
}

function listLeftovers({ found, isAbandoned }: NameLeftovers, start: string): string {
  const lines = found.map((left) => `  ${escapeLine(`${shortName(left)}  ${left.created}`)}\n`);
  const owner = isAbandoned
    ? "by a run that has ended"
    : "and it may be of a backup in another store, or of one that is being made";
  return `${escapeLine(`${start} holds what was made for one, ${owner}:`)}\n${lines.join("")}`;
}

function questionOf(deletion: Deletion, storeUrl: string): string {
  const { stored, leftovers, keepsSnapshots } = deletion;
  const count = stored.reduce((sum, { snapshots }) => sum + snapshots.length, 0);
  const parts: string[] = [];
  if (stored.length > 0) {
    parts.push(`${stored.map(({ name }) => name).join(", ")} from ${storeUrl}`);
  }
  if (count > 0 && !keepsSnapshots) {
    parts.push(`${plural(count, "volume snapshot")} in cluster ${nameOfCluster(deletion)}`);
  }
  if (leftovers.length > 0) {
    const objects = leftovers.reduce((sum, { found }) => sum + found.length, 0);
    const whose = leftovers.map(({ name }) => name).join(", ");
    parts.push(`${plural(objects, "object")} of ${whose} from cluster ${nameOfCluster(deletion)}`);
  }
  return `Delete ${parts.join(", and ")}${keptPart(deletion)}?`;
}

function keptPart({ stored, keepsSnapshots }: Deletion): string {
  const kept = stored.filter(({ snapshots }) => snapshots.length > 0);
  if (!keepsSnapshots || kept.length === 0) return "";
  const each = kept.map(
    (backup) =>
      `${plural(backup.snapshots.length, "volume snapshot")} in cluster ${whereOf(backup)}`,
  );
  return `, and leave ${each.join(", ")}`;
}

function nameOfCluster({ cluster }: Deletion): string {
  return cluster === undefined ? "" : clusterName(cluster.tools.cluster.identity);
}
