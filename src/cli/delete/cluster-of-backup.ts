import type { ClusterIdentity } from "../../cluster/cluster.ts";
import { isSameServer } from "../../journal/freeze-journal.ts";
import { ArkError, hasCode } from "../../lib/errors.ts";
import { joinShellWords } from "../../lib/shell-quote.ts";
import { plural } from "../print/quantities.ts";
import { VOLUME_SNAPSHOT_CONTENTS } from "../../volumes/snapshot-kinds.ts";
import type { SnapshotTools } from "../../volumes/snapshots/snapshot-tools.ts";
import { clusterName } from "./snapshot-cluster.ts";
import type { StoredBackupSnapshots } from "./recorded-snapshots.ts";

const MAX_LOOKUPS = 10;

/**
 * Whether the cluster surely is the one that the backup was taken of: by its address, or since a content of the backup
 * is there, whatever the address.
 * @throws ArkError Usage when it is another one; else as `Cluster.get`
 */
export async function isClusterOf(
  backup: StoredBackupSnapshots,
  tools: SnapshotTools,
  signal: AbortSignal,
): Promise<boolean> {
  const { cluster } = backup;
  const { identity } = tools.cluster;
  if (cluster !== undefined && isSameAddress(cluster, identity)) return true;
  const found = await findsContent(backup, tools, signal);
  if (found === "absent") throw anotherCluster(backup, identity);
  return found === "present";
}

/** Behind an address of this machine another cluster may stand than before: then the context must be the same, too. */
function isSameAddress(
  recorded: { readonly context: string; readonly server: string },
  identity: ClusterIdentity,
): boolean {
  if (!isSameServer(recorded.server, identity.server)) return false;
  return !isOfThisMachine(recorded.server) || recorded.context === identity.context;
}

function isOfThisMachine(server: string): boolean {
  const host = URL.parse(server)?.hostname ?? "";
  return host === "localhost" || host === "[::1]" || host.startsWith("127.");
}

/** untold: the backup does not know its contents, or they may not be read. */
async function findsContent(
  { snapshots }: StoredBackupSnapshots,
  { cluster, findResource }: SnapshotTools,
  signal: AbortSignal,
): Promise<"present" | "absent" | "untold"> {
  const contents = findResource(VOLUME_SNAPSHOT_CONTENTS);
  const known = snapshots.filter(({ contentName, contentUid }) => contentName && contentUid);
  if (known.length === 0) return "untold";
  if (contents === undefined) return "absent";
  for (const { contentName: name = "", contentUid } of known.slice(0, MAX_LOOKUPS)) {
    try {
      const { metadata } = await cluster.get(contents, { name }, signal);
      if (metadata.uid === contentUid) return "present";
    } catch (error) {
      if (hasCode(error, "Forbidden")) return "untold";
      if (!hasCode(error, "NotFound")) throw error;
    }
  }
  return "absent";
}

function anotherCluster(backup: StoredBackupSnapshots, identity: ClusterIdentity): ArkError {
  const { name, snapshots } = backup;
  const message = `backup ${name} has ${plural(snapshots.length, "volume snapshot")} in cluster ${whereOf(backup)}, and this is ${clusterName(identity)}`;
  return new ArkError("Usage", message, { hint: `Nothing was deleted. ${clusterHint(backup)}` });
}

export function whereOf({ cluster }: StoredBackupSnapshots): string {
  return cluster === undefined ? "(unknown)" : clusterName(cluster);
}

/** How to go on when the snapshots of a backup cannot be reached. */
export function clusterHint({ cluster }: StoredBackupSnapshots): string {
  const context = cluster?.context ?? "";
  const choice =
    context === ""
      ? "Choose that cluster with --context"
      : `Use --context ${joinShellWords([context])}`;
  return `${choice}, or --keep-snapshots to delete only the files and leave the snapshots.`;
}
