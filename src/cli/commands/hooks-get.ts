import { PODS } from "../../cluster/pods-resource.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { describeHooks, mentionsHooks } from "../../hooks/describe-hooks.ts";
import { readHookTarget } from "../../hooks/hook-target.ts";
import { ArkError } from "../../lib/errors.ts";
import type { CliContext } from "../cli-context.ts";
import { openCluster } from "../compose.ts";
import type { ConnectionArguments } from "../connection-arguments.ts";
import { EXIT } from "../exit-codes.ts";
import { formatHooks, type HookRow, type HooksOutput } from "../print/hooks.ts";
import { fetchObjects, labelOfQuery, printFailure } from "./hooks-fetch.ts";
import { resolveTargets, type TargetArguments, type TargetQuery } from "./hooks-targets.ts";

export type HooksGetArguments = TargetArguments & {
  readonly "all-namespaces"?: boolean | undefined;
  readonly output?: HooksOutput | undefined;
  readonly "no-headers"?: boolean | undefined;
};

/** `hooks get`: what annotations would run in a backup. */
export async function runHooksGet(
  flags: HooksGetArguments & ConnectionArguments,
  context: CliContext,
): Promise<number> {
  const opened = await openCluster(flags, context);
  try {
    return await getHooks(flags, opened.cluster, context);
  } finally {
    opened.close();
  }
}

/** @returns the exit code: 1 when something could not be read; nothing found is no failure (as kubectl) */
export async function getHooks(
  flags: HooksGetArguments,
  cluster: Cluster,
  context: CliContext,
): Promise<number> {
  const target = flags.target?.length ? flags.target : ["pods"];
  const isKnown = namesOnlyPods(target);
  const { queries, namespace } = await resolveTargets(
    { ...flags, target },
    isKnown ? withKnownPods(cluster) : cluster,
    context.signal,
  );
  const isEverywhere = flags["all-namespaces"] === true;
  if (isEverywhere && queries.some(({ name }) => name !== undefined)) {
    throw new ArkError("Usage", "an object cannot be named across all namespaces", {
      hint: "Give its namespace with -n instead of -A.",
    });
  }
  const rows: HookRow[] = [];
  let failed = false;
  for (const query of queries) {
    try {
      await collectRows(query, isEverywhere ? undefined : namespace, { cluster, context, rows });
    } catch (error) {
      if (!(error instanceof ArkError) || error.code === "Cancelled") throw error;
      if (isKnown) await assertServes(cluster, error, context.signal);
      printFailure({ label: labelOfQuery(query), error }, context);
      failed = true;
    }
  }
  if (rows.length === 0 && !failed) {
    context.stderr.write(`No hooks found${isEverywhere ? "" : ` in ${namespace} namespace`}.\n`);
  }
  context.stdout.write(formatHooks(rows, { ...flags, showNamespace: isEverywhere }));
  return failed ? EXIT.failed : EXIT.ok;
}

/** Whether the words say nothing but pods, which the core group has in every cluster: discovery takes as long as they do. */
function namesOnlyPods(target: readonly string[]): boolean {
  const [first = ""] = target;
  const types = target.some((word) => word.includes("/"))
    ? target.map((word) => word.split("/")[0])
    : first.split(",");
  return types.every((type) => type === "pods" || type === "pod" || type === "po");
}

function withKnownPods({ identity }: Cluster): Pick<Cluster, "discover" | "identity"> {
  return { identity, discover: () => Promise.resolve({ resources: [PODS], failures: [] }) };
}

/**
 * Where nothing was asked before the pods, their failure may be that of the whole server.
 * @throws ArkError what discovery would have said before
 */
async function assertServes(cluster: Cluster, error: ArkError, signal: AbortSignal): Promise<void> {
  if (error.code === "ClusterUnreachable" || error.code === "Timeout") throw error;
  if (error.code !== "Forbidden") await cluster.discover(signal);
}

async function collectRows(
  query: TargetQuery,
  namespace: string | undefined,
  { cluster, context, rows }: { cluster: Cluster; context: CliContext; rows: HookRow[] },
): Promise<void> {
  const { resource } = query;
  const isPods = resource.resource === "pods";
  for await (const object of fetchObjects(query, namespace, { cluster, context })) {
    // Most pods have no hooks: their bodies need not be parsed.
    if (isPods && !mentionsHooks(object.metadata.annotations ?? {})) continue;
    const found = readHookTarget(object, resource);
    for (const description of describeHooks(found.view)) {
      rows.push({
        ...description,
        namespace: found.namespace,
        kind: resource.kind,
        name: found.name,
        label: found.label,
      });
    }
  }
}
