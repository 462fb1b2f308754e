import { ArkError, messageOf, throwIfAborted } from "../../lib/errors.ts";
import { isBackupName } from "../../store/backup-name.ts";
import {
  findByBackup,
  findLeftovers,
  type Leftover,
  type Leftovers,
  type LeftoverTools,
} from "../../volumes/snapshots/leftovers.ts";
import type { CliContext } from "../cli-context.ts";
import { openNames } from "../compose.ts";
import type { ConnectionArguments } from "../connection-arguments.ts";
import { escapeLine } from "../print/escape.ts";
import { clusterName, snapshotTools } from "./snapshot-cluster.ts";

/** How long a cluster may take when all that is known is a name that is in no store: it may be a slip of the pen. */
const LOOK_MS = 10_000;

/** What the cluster holds of a backup that is not in the store. */
export type NameLeftovers = {
  readonly name: string;
  readonly found: readonly Leftover[];
  /** False when some of it may belong to a backup in another store, or to one that is being made. */
  readonly isAbandoned: boolean;
};

/**
 * Looks in the cluster for what was made for backups of these names; quietly nothing where no cluster answers.
 * @throws ArkError Cancelled
 */
export async function findLeftoversOfNames(
  names: readonly string[],
  flags: ConnectionArguments,
  context: CliContext,
): Promise<readonly NameLeftovers[]> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(LOOK_MS)]);
  const opened = await openNames(flags, context).catch(() => undefined);
  if (opened === undefined) return [];
  try {
    const tools = await snapshotTools(opened.cluster, signal);
    const all: NameLeftovers[] = [];
    for (const name of names.filter(isBackupName)) {
      const { found, unsearched } = await findEverywhere(name, tools, signal);
      if (found.length > 0)
        all.push({ name, found, isAbandoned: await isAbandoned(name, found, tools, signal) });
      else tellUnsearched(name, unsearched, { tools, context });
    }
    return all;
  } catch (error) {
    throwIfAborted(context.signal);
    if (error instanceof ArkError) return [];
    throw error;
  } finally {
    opened.close();
  }
}

/** In the context's namespace at least, where lists of all namespaces are forbidden. */
async function findEverywhere(
  name: string,
  tools: LeftoverTools,
  signal: AbortSignal,
): Promise<Leftovers> {
  const everywhere = await findByBackup(name, { namespaces: undefined }, tools, signal);
  if (everywhere.unsearched.length === 0) return everywhere;
  const { namespace } = tools.cluster.identity;
  const here = await findByBackup(name, { namespaces: [namespace] }, tools, signal);
  const known = new Set(everywhere.found.map(({ uid }) => uid));
  const more = here.found.filter(({ uid }) => !known.has(uid));
  return { found: [...everywhere.found, ...more], unsearched: everywhere.unsearched };
}

async function isAbandoned(
  name: string,
  found: readonly Leftover[],
  tools: LeftoverTools,
  signal: AbortSignal,
): Promise<boolean> {
  const namespaces = [...new Set(found.map(({ namespace }) => namespace))].filter(Boolean);
  const dead = await findLeftovers({ namespaces }, tools, signal);
  const uids = new Set(dead.found.filter(({ backup }) => backup === name).map(({ uid }) => uid));
  return found.every(({ uid }) => uids.has(uid));
}

function tellUnsearched(
  name: string,
  unsearched: Leftovers["unsearched"],
  { tools, context }: { readonly tools: LeftoverTools; readonly context: CliContext },
): void {
  const [first] = unsearched;
  if (first === undefined) return;
  const where = clusterName(tools.cluster.identity);
  const what = `what a backup ${name} may have left in cluster ${where} could not be looked for everywhere`;
  context.stderr.write(`note: ${escapeLine(`${what}: ${messageOf(first.message)}`)}\n`);
}
