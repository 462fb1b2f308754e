import type { Cluster, RawObject } from "../../cluster/cluster.ts";
import { checkPrograms } from "../../hooks/check/check-programs.ts";
import { HookChecker, type HookInPod } from "../../hooks/check/check-hooks.ts";
import { createWorkloadFinder, type WorkloadFinder } from "../../hooks/check/find-workload.ts";
import { mentionsAnyHook } from "../../hooks/check/near-keys.ts";
import { notChecked } from "../../hooks/check/program-rules.ts";
import { labelOf, readHookTarget } from "../../hooks/hook-target.ts";
import { toPodView } from "../../hooks/pod-view.ts";
import type { Clock } from "../../lib/clock.ts";
import { ArkError } from "../../lib/errors.ts";
import { systemClock } from "../../lib/system-clock.ts";
import type { CliContext } from "../cli-context.ts";
import { openCluster } from "../compose.ts";
import type { ConnectionArguments } from "../connection-arguments.ts";
import { EXIT } from "../exit-codes.ts";
import { formatFindings, summarizeFindings, type FindingsOutput } from "../print/findings.ts";
import {
  findDocumentScope,
  findHookScope,
  type HookScope,
  isPods,
  type ScopeArguments,
  type ScopeQuery,
} from "./hooks-check-scope.ts";
import { fetchObjects, labelOfQuery, printFailure } from "./hooks-fetch.ts";

export type HooksCheckArguments = ScopeArguments & {
  readonly exec?: boolean | undefined;
  readonly output?: FindingsOutput | undefined;
  readonly "no-headers"?: boolean | undefined;
};

export type CheckPorts = { readonly cluster: Cluster; readonly clock: Clock };

/** `hooks check`: what is wrong with hooks, before a backup finds out. */
export async function runHooksCheck(
  flags: HooksCheckArguments & ConnectionArguments,
  context: CliContext,
): Promise<number> {
  const opened = await openCluster(flags, context);
  try {
    return await checkHooks(flags, { cluster: opened.cluster, clock: systemClock }, context);
  } finally {
    opened.close();
  }
}

/** @returns the exit code: 1 when there is an error among the findings, or something could not be read */
export async function checkHooks(
  flags: HooksCheckArguments,
  ports: CheckPorts,
  context: CliContext,
): Promise<number> {
  const { cluster } = ports;
  const { filename } = flags;
  const scope =
    filename === undefined
      ? await findHookScope(flags, cluster, context.signal)
      : await findDocumentScope({ ...flags, filename }, cluster, context);
  const check = createCheck(scope, cluster, context);
  let isWhole = true;
  for (const query of scope.queries) isWhole = (await checkQuery(query, check)) && isWhole;
  if (flags.exec) await checkPrograms(check.hooks, check.checker, ports, context.signal);
  const { findings, counts } = check.checker.finish(isWhole);
  const isNothing = counts.hooks + counts.pods + counts.workloads + findings.length === 0;
  if (!isNothing) context.stderr.write(`${summarizeFindings(findings, counts)}\n`);
  else if (isWhole) context.stderr.write(`No hooks found${scope.place}.\n`);
  context.stdout.write(formatFindings(findings, { ...flags, showNamespace: scope.showNamespace }));
  return isWhole && !findings.some(({ severity }) => severity === "error") ? EXIT.ok : EXIT.failed;
}

type Check = {
  readonly scope: HookScope;
  readonly checker: HookChecker;
  readonly findWorkload: WorkloadFinder;
  /** To look for their programs. */
  readonly hooks: HookInPod[];
  readonly cluster: Cluster;
  readonly context: CliContext;
};

function createCheck(scope: HookScope, cluster: Cluster, context: CliContext): Check {
  return {
    scope,
    checker: new HookChecker(scope.spec),
    findWorkload: createWorkloadFinder(cluster, scope.find, context.signal),
    hooks: [],
    cluster,
    context,
  };
}

/** @returns whether all of it could be read, or at least nobody asked for it by name */
async function checkQuery(query: ScopeQuery, check: Check): Promise<boolean> {
  const { scope, context } = check;
  try {
    for await (const object of fetchObjects(query, query.namespace, check)) {
      if (scope.includes(object)) await checkObject(object, query, check);
    }
    return true;
  } catch (error) {
    if (!(error instanceof ArkError) || error.code === "Cancelled") throw error;
    if (error.code === "Forbidden" && !isPods(query.resource) && query.name === undefined) {
      reportForbidden(query, error, check);
      return true;
    }
    printFailure({ label: labelOfQuery(query), error }, context);
    return false;
  }
}

async function checkObject(object: RawObject, query: ScopeQuery, check: Check): Promise<void> {
  const { checker, findWorkload, hooks } = check;
  if (object.metadata.deletionTimestamp !== undefined) return;
  if (!isPods(query.resource)) {
    // What makes it has the same template, and is where it is mended.
    const isOwned = object.metadata.ownerReferences?.some(({ controller }) => controller === true);
    if (isOwned && query.name === undefined) return;
    checker.checkWorkload(readHookTarget(object, query.resource));
    return;
  }
  if (!hasHooks(object, check)) return;
  const pod = readHookTarget(object, query.resource);
  hooks.push(...checker.checkPod(pod, await findWorkload(pod)));
}

/** Most pods have no hooks: their bodies need not be parsed. */
function hasHooks({ metadata }: RawObject, { scope }: Check): boolean {
  if (mentionsAnyHook(metadata.annotations ?? {})) return true;
  const view = toPodView({ metadata });
  return scope.spec?.entries.some((entry) => entry.appliesTo(view)) ?? false;
}

function reportForbidden({ resource, namespace }: ScopeQuery, error: ArkError, check: Check): void {
  const label = labelOf(resource.kind, resource.group, "").slice(0, -1);
  const place = { namespace: namespace ?? "", kind: resource.kind, name: "", label };
  check.checker.report(place, notChecked, {
    message: error.message,
    fix: error.hint ?? "Ask for the right to list them.",
  });
}
