import { isAbsolute, join } from "node:path";
import type { Cluster } from "../cluster/cluster.ts";
import type { ConnectionEnvironment } from "../cluster/kubernetes/connection-flags.ts";
import type { NamesQuery } from "../cluster/kubernetes/list-names.ts";
import { createDirectoryJournal } from "../journal/directory/directory-journal.ts";
import type { FreezeJournal } from "../journal/freeze-journal.ts";
import { systemClock } from "../lib/system-clock.ts";
import { stateOfProcessText, textOfThisProcess } from "../lib/system-process-text.ts";
import type { BackupStore } from "../store/backup-store.ts";
import { parseStoreUrl } from "../store/store-url.ts";
import type { ClientProcess } from "../volumes/client-process.ts";
import type { CliContext } from "./cli-context.ts";
import { toConnectionFlags, type ConnectionArguments } from "./connection-arguments.ts";

/** The cluster that the connection flags point at, and how to let go of it. */
export type OpenedCluster = { readonly cluster: Cluster; close(): void };

/** @throws ArkError KubeconfigInvalid; nothing is asked of the cluster yet */
export async function openCluster(
  flags: ConnectionArguments,
  context: CliContext,
): Promise<OpenedCluster> {
  const { connect, createKubernetesCluster } = await loadAdapter();
  const connectionFlags = toConnectionFlags(flags);
  const connection = await connect(connectionFlags, {
    env: context.env,
    homeDirectory: context.home,
    workingDirectory: context.cwd,
    get isTerminal() {
      return context.stdin.isTTY === true;
    },
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

/** Commands that read stored backups need no HTTP and TLS. */
async function loadAdapter() {
  const [{ connect }, { createKubernetesCluster }] = await Promise.all([
    import("../cluster/kubernetes/connect.ts"),
    import("../cluster/kubernetes/kubernetes-cluster.ts"),
  ]);
  return { connect, createKubernetesCluster };
}

/**
 * The store of `--store`, else `$ARK_STORE`, else of the configuration, else the default directory.
 * @throws ArkError Usage, InvalidDocument
 */
export async function openStore(
  url: string | undefined,
  context: CliContext,
): Promise<BackupStore> {
  // Most commands need a cluster only.
  const { createDirectoryStore } = await import("../store/directory/directory-store.ts");
  return createDirectoryStore(await storeDirectory(url, context));
}

async function storeDirectory(url: string | undefined, context: CliContext): Promise<string> {
  const given = url ?? (context.env["ARK_STORE"] || undefined);
  const chosen = given ?? (await configuredStore(context)) ?? defaultStore(context);
  return parseStoreUrl(chosen, context.cwd).path;
}

async function configuredStore(context: CliContext): Promise<string | undefined> {
  const { readConfig } = await import("./read-config.ts");
  return (await readConfig(context)).store;
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

/** This process, for the marks on what it makes in a cluster. */
export function openClientProcess(): ClientProcess {
  return { self: textOfThisProcess(), stateOf: (client) => stateOfProcessText(client) };
}

/** Holds `backups/NAME/…`: with the data directory as root the backups stand in `kubectl-ark/backups`. */
function defaultStore({ env, home }: CliContext): string {
  const data = env["XDG_DATA_HOME"];
  return join(data ? data : join(home, ".local", "share"), "kubectl-ark");
}

/** A cluster that is asked for names while someone waits at a prompt. */
export type OpenedNames = OpenedCluster & {
  /** @throws ArkError as Cluster.list */
  listNames(query: NamesQuery, signal: AbortSignal): Promise<readonly string[]>;
};

const sendOnce = { maxAttempts: 1, budgetMs: 0, baseDelayMs: 0, maxDelayMs: 0 };

/** For completion: every request is sent once, nothing is asked of the user and nothing is said. @throws as `openCluster` */
export async function openNames(
  flags: ConnectionArguments,
  context: CliContext,
): Promise<OpenedNames> {
  const { connect, createKubernetesCluster } = await loadAdapter();
  const connection = await connect(toConnectionFlags(flags), silentEnvironment(context));
  const { listNames } = await import("../cluster/kubernetes/list-names.ts");
  return {
    cluster: createKubernetesCluster(connection, { clock: systemClock, retry: sendOnce }),
    listNames: (query, signal) => listNames(connection.send, query, signal),
    close: () => connection.close(),
  };
}

/** The names in the kubeconfig that the flags choose. @throws ArkError KubeconfigInvalid */
export async function readKubeconfigNames(flags: ConnectionArguments, context: CliContext) {
  const { loadKubeconfig } = await import("../cluster/kubernetes/load-kubeconfig.ts");
  const { kubeconfig } = toConnectionFlags(flags);
  const { contexts, clusters, users } = await loadKubeconfig(
    kubeconfig,
    silentEnvironment(context),
  );
  return {
    contexts: [...contexts.keys()],
    clusters: [...clusters.keys()],
    users: [...users.keys()],
    namespaces: [...contexts.values()].flatMap(({ namespace }) => namespace ?? []),
  };
}

/** The store, and its directory as the system sees it; what it says against writing there is an ArkError. @throws as `openStore` */
export async function inspectStore(url: string | undefined, context: CliContext) {
  const root = await storeDirectory(url, context);
  const [{ createDirectoryStore }, { storeUnavailable }, { inspectPlace }] = await Promise.all([
    import("../store/directory/directory-store.ts"),
    import("../store/directory/filesystem.ts"),
    import("../lib/system-place.ts"),
  ]);
  const { error, ...place } = await inspectPlace(join(root, "backups"));
  const problem = error === undefined ? undefined : storeUnavailable(place.nearest, error);
  return { ...place, problem, store: createDirectoryStore(root) };
}

/** The same for the journal. */
export async function inspectJournal(context: CliContext) {
  const journal = openJournal(context);
  const [{ journalUnavailable }, { inspectPlace }] = await Promise.all([
    import("../journal/directory/journal-filesystem.ts"),
    import("../lib/system-place.ts"),
  ]);
  const { error, ...place } = await inspectPlace(journal.location);
  const problem = error === undefined ? undefined : journalUnavailable(place.nearest, error);
  return { ...place, problem, journal };
}

/**
 * What a way to a cluster looks like from both ends. Every request is sent once, nothing is asked of the user, and a
 * remark is made once.
 * @throws as `openCluster`
 */
export async function openDoctor(flags: ConnectionArguments, context: CliContext) {
  const [{ connect, createKubernetesCluster }, { readConnectionFacts }, { askServer }] =
    await Promise.all([
      loadAdapter(),
      import("../cluster/kubernetes/connection-facts.ts"),
      import("../cluster/kubernetes/ask-server.ts"),
    ]);
  const said = new Set<string>();
  const warn = (message: string): void => {
    if (!said.has(message)) context.stderr.write(`warning: ${message}\n`);
    said.add(message);
  };
  const environment = { ...silentEnvironment(context), warn };
  const facts = await readConnectionFacts(toConnectionFlags(flags), environment);
  const connection = await connect(toConnectionFlags(flags), environment);
  return {
    facts,
    cluster: createKubernetesCluster(connection, { clock: systemClock, retry: sendOnce }),
    askServer: (signal: AbortSignal) => askServer(connection.send, systemClock, signal),
    async tryWebSocket(namespace: string, signal: AbortSignal) {
      const adapter = await import("../cluster/kubernetes/try-web-socket.ts");
      return adapter.tryWebSocket(connection, namespace, signal);
    },
    close: () => connection.close(),
  };
}

function silentEnvironment({ env, home, cwd }: CliContext): ConnectionEnvironment {
  return {
    env,
    homeDirectory: home,
    workingDirectory: cwd,
    isTerminal: false,
    warn: () => {},
    clock: systemClock,
  };
}
