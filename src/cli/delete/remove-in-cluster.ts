import { removeLeftovers, type Leftover } from "../../volumes/snapshots/leftovers.ts";
import {
  removeSnapshotsOfBackup,
  type SnapshotRemoval,
} from "../../volumes/snapshots/remove-snapshots.ts";
import type { CliContext } from "../cli-context.ts";
import { escapeLine } from "../print/escape.ts";
import { plural } from "../print/quantities.ts";
import { clusterName } from "./snapshot-cluster.ts";
import { clusterHint, whereOf } from "./cluster-of-backup.ts";
import type { NameLeftovers } from "./leftovers-of-name.ts";
import type { DeletionCluster } from "./open-deletion.ts";
import type { StoredBackupSnapshots } from "./recorded-snapshots.ts";

/**
 * Removes the snapshots of a backup; progress and reasons on stderr.
 * @returns whether nothing is left of them: only then may the backup go
 * @throws ArkError Cancelled
 */
export async function removeStoredSnapshots(
  backup: StoredBackupSnapshots,
  cluster: DeletionCluster | undefined,
  context: CliContext,
): Promise<boolean> {
  const { name, snapshots } = backup;
  if (snapshots.length === 0 || cluster === undefined) return true;
  const { tools, own } = cluster;
  const say = sayTo(context);
  const many = plural(snapshots.length, "volume snapshot");
  say(`Removing ${many} of ${name} from cluster ${clusterName(tools.cluster.identity)}`);
  const options = { backup: name, isSameCluster: own.has(name) };
  const removals = await removeSnapshotsOfBackup(snapshots, options, tools, context.signal);
  // One that was there shows that this is their cluster: those that are not are gone.
  const isOwn = removals.some(({ result }) => result === "removed");
  const failed = removals.filter(
    ({ result }) => result === "left" || (result === "elsewhere" && !isOwn),
  );
  for (const removal of removals) {
    if (failed.includes(removal)) tellFailure(removal, backup, say);
    else if (removal.result !== "elsewhere" && removal.message !== undefined)
      say(`note: ${snapshotName(removal)}: ${removal.message}`);
  }
  if (failed.length === 0) return true;
  const count = `${failed.length} of ${many} could not be removed`;
  say(`error: backup ${name} was not deleted: ${count}`);
  say("hint: Mend that and delete it again, or use --keep-snapshots to delete only the files.");
  return false;
}

/** @returns whether nothing is left @throws ArkError Cancelled */
export async function removeNameLeftovers(
  { name, found }: NameLeftovers,
  cluster: DeletionCluster | undefined,
  context: CliContext,
): Promise<boolean> {
  if (cluster === undefined) return true;
  const say = sayTo(context);
  const removals = await removeLeftovers(found, cluster.tools, context.signal);
  const left = removals.filter(({ result }) => result === "left");
  for (const { leftover, result, message, hint } of removals) {
    const object = shortName(leftover);
    if (result === "left") say(`error: ${object} could not be removed: ${message ?? "unknown"}`);
    else if (message !== undefined) say(`note: ${object}: ${message}`);
    if (hint !== undefined) say(`hint: ${hint}`);
  }
  if (left.length > 0) return false;
  context.stdout.write(`leftovers of backup "${name}" deleted\n`);
  return true;
}

/** "volumesnapshots shop/db-1": the kind without its group. */
export function shortName({ groupResource, namespace, name }: Leftover): string {
  const [kind = ""] = groupResource.split(".");
  return `${kind} ${namespace === "" ? name : `${namespace}/${name}`}`;
}

function snapshotName({ snapshot: { namespace, name, claim } }: SnapshotRemoval): string {
  return `volume snapshot ${namespace}/${name} (of claim ${claim})`;
}

function tellFailure(
  removal: SnapshotRemoval,
  backup: StoredBackupSnapshots,
  say: (line: string) => void,
): void {
  if (removal.result === "elsewhere") {
    say(`error: ${snapshotName(removal)} is not here: the backup is of cluster ${whereOf(backup)}`);
    say(`hint: ${clusterHint(backup)}`);
    return;
  }
  say(`error: ${snapshotName(removal)} could not be removed: ${removal.message ?? "unknown"}`);
  if (removal.hint !== undefined) say(`hint: ${removal.hint}`);
}

const sayTo =
  ({ stderr }: CliContext) =>
  (line: string): void =>
    void stderr.write(`${escapeLine(line)}\n`);
