import { ArkError, hasCode, messageOf } from "../../lib/errors.ts";
import type { BackupStore } from "../../store/backup-store.ts";
import type { LeftoverTools } from "../../volumes/snapshots/leftovers.ts";
import type { CliContext } from "../cli-context.ts";
import { openCluster } from "../compose.ts";
import type { ConnectionArguments } from "../connection-arguments.ts";
import { plural } from "../print/quantities.ts";
import { snapshotTools } from "./snapshot-cluster.ts";
import { backupNotStored } from "../stored-backups.ts";
import { clusterHint, isClusterOf, whereOf } from "./cluster-of-backup.ts";
import { findLeftoversOfNames, type NameLeftovers } from "./leftovers-of-name.ts";
import { readRecordedSnapshots, type StoredBackupSnapshots } from "./recorded-snapshots.ts";

/** What `backup delete` is about to do. */
export type Deletion = {
  readonly stored: readonly StoredBackupSnapshots[];
  /** Of names that are in no store. */
  readonly leftovers: readonly NameLeftovers[];
  readonly keepsSnapshots: boolean;
  /** Undefined where nothing is to be removed from one: none was opened then. */
  readonly cluster: DeletionCluster | undefined;
  close(): void;
};

export type DeletionCluster = {
  readonly tools: LeftoverTools;
  /** Names of the backups that surely were taken of this cluster. */
  readonly own: ReadonlySet<string>;
};

type Choice = ConnectionArguments & {
  readonly name: readonly string[];
  readonly "keep-snapshots"?: boolean | undefined;
};

/**
 * Finds out what there is to delete, and changes nothing.
 * @throws ArkError BackupNotFound (with near names), Usage for another cluster than that of the snapshots, as
 * `readRecordedSnapshots`, as `openCluster`
 */
export async function openDeletion(
  flags: Choice,
  store: BackupStore,
  context: CliContext,
): Promise<Deletion> {
  const { signal } = context;
  const keepsSnapshots = flags["keep-snapshots"] === true;
  const names = [...new Set(flags.name)];
  const known = await store.list(signal);
  const leftovers = await findLeftovers(names.filter((name) => !known.includes(name)));
  const stored: StoredBackupSnapshots[] = [];
  for (const name of names.filter((each) => known.includes(each))) {
    stored.push(await readSnapshots(name));
  }
  const needing = keepsSnapshots ? [] : stored.filter(({ snapshots }) => snapshots.length > 0);
  const plan = { stored, leftovers, keepsSnapshots };
  if (needing.length === 0 && leftovers.length === 0) {
    return { ...plan, cluster: undefined, close: () => {} };
  }
  return { ...plan, ...(await openOwnCluster(needing, flags, context)) };

  async function findLeftovers(missing: readonly string[]): Promise<readonly NameLeftovers[]> {
    if (missing.length === 0) return [];
    const found = keepsSnapshots ? [] : await findLeftoversOfNames(missing, flags, context);
    const lost = missing.find((name) => !found.some((left) => left.name === name));
    if (lost !== undefined) throw backupNotStored(lost, store, known);
    return found;
  }

  /** What is not asked for need not be readable. */
  async function readSnapshots(name: string): Promise<StoredBackupSnapshots> {
    try {
      return await readRecordedSnapshots(store, name, signal);
    } catch (error) {
      if (!keepsSnapshots || !hasCode(error, "ArchiveCorrupt")) throw error;
      return { name, snapshots: [], cluster: undefined };
    }
  }
}

async function openOwnCluster(
  needing: readonly StoredBackupSnapshots[],
  flags: ConnectionArguments,
  context: CliContext,
): Promise<{ readonly cluster: DeletionCluster; close(): void }> {
  const opened = await asked(needing, context, () => openCluster(flags, context));
  try {
    const { cluster } = opened;
    const own = new Set<string>();
    const tools = await asked(needing, context, async () => {
      const ready = await snapshotTools(cluster, context.signal);
      for (const backup of needing) {
        if (await isClusterOf(backup, ready, context.signal)) own.add(backup.name);
      }
      return ready;
    });
    return { cluster: { tools, own }, close: () => opened.close() };
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** An error of the connection, with what it means for the backups and how to go on. */
async function asked<T>(
  needing: readonly StoredBackupSnapshots[],
  context: CliContext,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const [first] = needing;
    if (context.signal.aborted || first === undefined) throw error;
    if (!(error instanceof ArkError) || error.code === "Usage") throw error;
    const { name, snapshots } = first;
    const what = `backup ${name} has ${plural(snapshots.length, "volume snapshot")} in cluster ${whereOf(first)}`;
    const message = `${what}, which cannot be asked: ${messageOf(error)}`;
    throw new ArkError(error.code, message, {
      hint: ["Nothing was deleted.", error.hint, clusterHint(first)].filter(Boolean).join(" "),
      cause: error,
    });
  }
}
