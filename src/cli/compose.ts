import { isAbsolute, join } from "node:path";
import type { Cluster } from "../cluster/cluster.ts";
import { connect } from "../cluster/kubernetes/connect.ts";
import { createKubernetesCluster } from "../cluster/kubernetes/kubernetes-cluster.ts";
import { createDirectoryJournal } from "../journal/directory/directory-journal.ts";
import type { FreezeJournal } from "../journal/freeze-journal.ts";
import { systemClock } from "../lib/system-clock.ts";
import type { BackupStore } from "../store/backup-store.ts";
import { createDirectoryStore } from "../store/directory/directory-store.ts";
import { parseStoreUrl } from "../store/store-url.ts";
import type { CliContext } from "./cli-context.ts";
import { readConfig } from "./read-config.ts";
import { toConnectionFlags, type ConnectionArguments } from "./connection-arguments.ts";

/** The cluster that the connection flags point at, and how to let go of it. */
export type OpenedCluster = { readonly cluster: Cluster; close(): void };

/** @throws ArkError KubeconfigInvalid; nothing is asked of the cluster yet */
export async function openCluster(
  flags: ConnectionArguments,
  context: CliContext,
): Promise<OpenedCluster> {
  const connectionFlags = toConnectionFlags(flags);
  const connection = await connect(connectionFlags, {
    env: context.env,
    homeDirectory: context.home,
    workingDirectory: context.cwd,
    isTerminal: context.stdin.isTTY === true,
    warn: (message) => void context.stderr.write(`warning: ${message}\n`),
    clock: systemClock,
  });
  const cluster = createKubernetesCluster(connection, {
    disableCompression: connectionFlags.disableCompression === true,
    clock: systemClock,
    onRetry: (description) => void context.stderr.write(`warning: ${description}\n`),
  });
  return { cluster, close: () => connection.close() };
}

/**
 * The store of `--store`, else `$ARK_STORE`, else of the configuration, else the default directory.
 * @throws ArkError Usage, InvalidDocument
 */
export async function openStore(
  url: string | undefined,
  context: CliContext,
): Promise<BackupStore> {
  const given = url ?? (context.env["ARK_STORE"] || undefined);
  const chosen = given ?? (await readConfig(context)).store ?? defaultStore(context);
  return createDirectoryStore(parseStoreUrl(chosen, context.cwd).path);
}

/**
 * The journal of freezes, `$XDG_STATE_HOME/kubectl-ark/journal`. A relative XDG_STATE_HOME does not count, as the XDG
 * specification has it: the next run must find the same journal wherever it is started. Nothing is touched yet.
 */
export function openJournal({ env, home }: CliContext): FreezeJournal {
  const given = env["XDG_STATE_HOME"] ?? "";
  const state = isAbsolute(given) ? given : join(home, ".local", "state");
  return createDirectoryJournal(join(state, "kubectl-ark", "journal"));
}

/** Holds `backups/NAME/…`: with the data directory as root the backups stand in `kubectl-ark/backups`. */
function defaultStore({ env, home }: CliContext): string {
  const data = env["XDG_DATA_HOME"];
  return join(data ? data : join(home, ".local", "share"), "kubectl-ark");
}
