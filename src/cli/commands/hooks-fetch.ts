import type { Cluster, RawObject } from "../../cluster/cluster.ts";
import { type HookTarget, labelOf, readHookTarget } from "../../hooks/hook-target.ts";
import { ArkError, messageOf } from "../../lib/errors.ts";
import type { CliContext } from "../cli-context.ts";
import { escapeLine } from "../print/escape.ts";
import { type TargetArguments, type TargetQuery, resolveTargets } from "./hooks-targets.ts";

/** What went wrong with one object, or before one could be seen. */
export type TargetFailure = { readonly label: string; readonly error: ArkError };

/** Says on stderr which object it is about. */
export function printFailure({ label, error }: TargetFailure, { stderr }: CliContext): void {
  stderr.write(`error: ${escapeLine(`${label}: ${messageOf(error)}`)}\n`);
  if (error.hint !== undefined) stderr.write(`hint: ${escapeLine(error.hint)}\n`);
}

/** The objects of a query one by one, with the pages' remarks on stderr. @throws ArkError as Cluster.get and list */
export async function* fetchObjects(
  query: Omit<TargetQuery, "namespace">,
  namespace: string | undefined,
  { cluster, context }: { readonly cluster: Cluster; readonly context: CliContext },
): AsyncGenerator<RawObject, void, undefined> {
  const { resource, name, labelSelector } = query;
  if (name !== undefined) {
    yield await cluster.get(resource, { namespace, name }, context.signal);
    return;
  }
  for await (const page of cluster.list(resource, { namespace, labelSelector }, context.signal)) {
    if (page.warning !== undefined) {
      context.stderr.write(`warning: ${escapeLine(page.warning)}\n`);
    }
    yield* page.items;
  }
}

/** "pod/db-0", or the type alone where no name was given. */
export function labelOfQuery({ resource, name }: Omit<TargetQuery, "namespace">): string {
  const label = labelOf(resource.kind, resource.group, name ?? "");
  return name === undefined ? label.slice(0, -1) : label;
}

export type FetchedTargets = {
  readonly targets: readonly HookTarget[];
  readonly failures: readonly TargetFailure[];
  readonly resolved: Awaited<ReturnType<typeof resolveTargets>>;
};

/**
 * The objects that are to be changed. One that cannot be read is a failure among the others.
 * @throws ArkError Usage when the words do not say which objects; Cancelled
 */
export async function fetchTargets(
  flags: TargetArguments,
  cluster: Cluster,
  context: CliContext,
): Promise<FetchedTargets> {
  const resolved = await resolveTargets(flags, cluster, context.signal);
  assertChosen(resolved.queries);
  const targets: HookTarget[] = [];
  const failures: TargetFailure[] = [];
  for (const query of resolved.queries) {
    try {
      for await (const object of fetchObjects(query, query.namespace, { cluster, context })) {
        targets.push(readHookTarget(object, query.resource));
      }
    } catch (error) {
      if (!(error instanceof ArkError) || error.code === "Cancelled") throw error;
      failures.push({ label: labelOfQuery(query), error });
    }
  }
  return { targets, failures, resolved };
}

// As kubectl annotate: a type alone is not taken for all objects of it.
function assertChosen(queries: readonly TargetQuery[]): void {
  const open = queries.find(({ name, labelSelector }) => name === undefined && !labelSelector);
  if (queries.length > 0 && open === undefined) return;
  throw new ArkError(
    "Usage",
    open === undefined
      ? "say which objects are meant"
      : `say which ${open.resource.resource} are meant`,
    { hint: "Write TYPE/NAME, such as pod/db-0 or deployment/db, or TYPE with -l app=db." },
  );
}
