import { messageOf } from "../../lib/errors.ts";
import type { BackupStore } from "../../store/backup-store.ts";
import type { CliContext } from "../cli-context.ts";
import { openStore } from "../compose.ts";
import type { ConnectionArguments } from "../connection-arguments.ts";
import { EXIT } from "../exit-codes.ts";
import { escapeLine } from "../print/escape.ts";
import { confirmDeletion } from "../delete/confirm-deletion.ts";
import { type Deletion, openDeletion } from "../delete/open-deletion.ts";
import { removeNameLeftovers, removeStoredSnapshots } from "../delete/remove-in-cluster.ts";
import { tellKeptSnapshots } from "../delete/kept-snapshots.ts";

export type DeleteArguments = ConnectionArguments & {
  readonly name: readonly string[];
  readonly store?: string | undefined;
  readonly confirm?: boolean | undefined;
  readonly "keep-snapshots"?: boolean | undefined;
};

/**
 * `backup delete NAME…`: asks first; every name, and the cluster of every snapshot, is checked before the first backup is
 * deleted. The snapshots go first, so that a backup is there to try again as long as one of them is.
 */
export async function runBackupDelete(
  flags: DeleteArguments,
  context: CliContext,
): Promise<number> {
  const store = await openStore(flags.store, context);
  const deletion = await openDeletion(flags, store, context);
  try {
    const isSure = await confirmDeletion(deletion, flags, { store, context });
    if (!isSure) {
      context.stderr.write("Nothing was deleted.\n");
      return EXIT.failed;
    }
    return (await deleteAll(deletion, store, context)) ? EXIT.ok : EXIT.failed;
  } finally {
    deletion.close();
  }
}

async function deleteAll(
  { stored, leftovers, cluster, keepsSnapshots }: Deletion,
  store: BackupStore,
  context: CliContext,
): Promise<boolean> {
  let isWhole = true;
  for (const backup of stored) {
    try {
      const isFree = keepsSnapshots || (await removeStoredSnapshots(backup, cluster, context));
      if (!isFree) {
        isWhole = false;
        continue;
      }
      await store.delete(backup.name, context.signal);
      context.stdout.write(`backup "${backup.name}" deleted\n`);
      if (keepsSnapshots) tellKeptSnapshots(backup, context);
    } catch (error) {
      if (context.signal.aborted) throw error;
      context.stderr.write(`error: ${escapeLine(`backup ${backup.name}: ${messageOf(error)}`)}\n`);
      isWhole = false;
    }
  }
  for (const left of leftovers) {
    if (!(await removeNameLeftovers(left, cluster, context))) isWhole = false;
  }
  return isWhole;
}
