import type { Cluster } from "../../cluster/cluster.ts";
import { mentionsHooks } from "../../hooks/describe-hooks.ts";
import type { KeyFamily } from "../../hooks/edit-hooks.ts";
import { type HookTarget, readHookTarget } from "../../hooks/hook-target.ts";
import { type Migration, planMigration } from "../../hooks/plan-migration.ts";
import { ArkError } from "../../lib/errors.ts";
import type { CliContext } from "../cli-context.ts";
import { openCluster } from "../compose.ts";
import type { ConnectionArguments } from "../connection-arguments.ts";
import { EXIT } from "../exit-codes.ts";
import { formatAnnotationDiff } from "../print/annotation-diff.ts";
import { escapeLine } from "../print/escape.ts";
import { plural } from "../print/quantities.ts";
import { changeHooks, type ChangeArguments, type HookChange } from "./hooks-change.ts";
import { findHookScope, type HookScope, isPods, type ScopeQuery } from "./hooks-check-scope.ts";
import { type FetchedTargets, fetchObjects, labelOfQuery, printFailure } from "./hooks-fetch.ts";
import type { TargetFailure } from "./hooks-fetch.ts";
import type { TargetArguments } from "./hooks-targets.ts";

export type HooksMigrateArguments = TargetArguments &
  ChangeArguments & {
    readonly "all-namespaces"?: boolean | undefined;
    readonly to: "ark" | "velero.io";
    readonly force?: boolean | undefined;
  };

/** `hooks migrate`: hook annotations from one family of keys to another. */
export async function runHooksMigrate(
  flags: HooksMigrateArguments & ConnectionArguments,
  context: CliContext,
): Promise<number> {
  const opened = await openCluster(flags, context);
  try {
    return await migrateHooks(flags, opened.cluster, context);
  } finally {
    opened.close();
  }
}

/**
 * Shows what would be changed; changes it with `--yes`, or asks the server with `--dry-run=server`.
 * @returns the exit code: 1 when something was left alone or could not be read or written
 * @throws ArkError when nothing was changed
 */
export async function migrateHooks(
  flags: HooksMigrateArguments,
  cluster: Cluster,
  context: CliContext,
): Promise<number> {
  const scope = await findMigrationScope(flags, cluster, context);
  const { targets, failures } = await fetchHooked(scope, cluster, context);
  const plans = planAll(targets, flags);
  const hasConflicts = printConflicts(plans, context);
  if (targets.length + failures.length === 0) {
    context.stderr.write(`No hooks found${scope.place}.\n`);
    return EXIT.ok;
  }
  const code = isWriting(flags)
    ? await changeHooks(changeOf(plans), toFetched(targets, failures, scope), {
        flags,
        cluster,
        context,
      })
    : showPlans(plans, failures, context);
  return hasConflicts && code === EXIT.ok ? EXIT.failed : code;
}

/** A dry run on the client shows the differences, which say more than its result line. */
function isWriting({ yes, "dry-run": dryRun = "none" }: HooksMigrateArguments): boolean {
  return dryRun === "server" || (yes === true && dryRun === "none");
}

async function findMigrationScope(
  flags: HooksMigrateArguments,
  cluster: Cluster,
  { signal }: CliContext,
): Promise<HookScope> {
  const isChosen =
    (flags.target ?? []).length > 0 || flags.selector !== undefined || flags["all-namespaces"];
  if (!isChosen) {
    throw new ArkError("Usage", "say which objects are meant", {
      hint: "Write TYPE/NAME, such as pod/db-0 or deployment/db, or -l app=db, or -A for all.",
    });
  }
  return await findHookScope(flags, cluster, signal);
}

type Fetched = {
  readonly targets: readonly HookTarget[];
  readonly failures: readonly TargetFailure[];
};

async function fetchHooked(
  scope: HookScope,
  cluster: Cluster,
  context: CliContext,
): Promise<Fetched> {
  const [targets, failures]: [HookTarget[], TargetFailure[]] = [[], []];
  for (const query of scope.queries) {
    try {
      targets.push(...(await fetchQuery(query, cluster, context)));
    } catch (error) {
      if (!(error instanceof ArkError) || error.code === "Cancelled") throw error;
      // A search that may not see a kind goes on, and says so; what is named must be there.
      const isSkipped = error.code === "Forbidden" && query.name === undefined;
      if (!isSkipped) failures.push({ label: labelOfQuery(query), error });
      else context.stderr.write(`warning: not looked at: ${escapeLine(error.message)}\n`);
    }
  }
  return { targets, failures };
}

async function fetchQuery(
  query: ScopeQuery,
  cluster: Cluster,
  context: CliContext,
): Promise<HookTarget[]> {
  const targets: HookTarget[] = [];
  for await (const object of fetchObjects(query, query.namespace, { cluster, context })) {
    // Most pods have no hooks: their bodies need not be parsed.
    const isHooked = !isPods(query.resource) || mentionsHooks(object.metadata.annotations ?? {});
    if (!isHooked && query.name === undefined) continue;
    const target = readHookTarget(object, query.resource);
    if (isWanted(target, query)) targets.push(target);
  }
  return targets;
}

/** Of a search, what has hooks and can be changed; what is named is wanted in any case. */
function isWanted({ view, effect }: HookTarget, { name }: ScopeQuery): boolean {
  if (name !== undefined) return true;
  return effect.kind !== "refused" && mentionsHooks(view.annotations);
}

type Plans = ReadonlyMap<HookTarget, Migration>;

function planAll(targets: readonly HookTarget[], { to, force }: HooksMigrateArguments): Plans {
  const family: KeyFamily = to === "velero.io" ? "velero" : "ark";
  const goal = { to: family, force: force === true };
  return new Map(targets.map((target) => [target, planMigration(target.view, goal)]));
}

/** @returns whether there are any */
function printConflicts(plans: Plans, { stderr }: CliContext): boolean {
  const conflicting = [...plans].filter(([, { conflicts }]) => conflicts.length > 0);
  for (const [{ label, namespace }, { conflicts }] of conflicting) {
    for (const conflict of conflicts) {
      stderr.write(`warning: ${escapeLine(`${namespace}/${label}: left alone: ${conflict}`)}\n`);
    }
  }
  if (conflicting.length > 0) {
    stderr.write("hint: --force keeps what wins now, and removes the rest.\n");
  }
  return conflicting.length > 0;
}

function changeOf(plans: Plans): HookChange {
  return {
    done: "hooks migrated",
    patchFor: (target) => plans.get(target)?.patch ?? {},
    check: () => undefined,
    note: ({ effect }) =>
      effect.kind === "rollout" ? "the pod template changes: its pods are replaced" : undefined,
  };
}

function toFetched(
  targets: readonly HookTarget[],
  failures: readonly TargetFailure[],
  { find }: HookScope,
): FetchedTargets {
  return { targets, failures, resolved: { queries: [], namespace: "", find } };
}

function showPlans(plans: Plans, failures: readonly TargetFailure[], context: CliContext): number {
  for (const failure of failures) printFailure(failure, context);
  const changes = [...plans].filter(([, { patch }]) => Object.keys(patch).length > 0);
  for (const [target, { patch, conflicts }] of plans) {
    const isChange = Object.keys(patch).length > 0;
    if (isChange) context.stdout.write(formatAnnotationDiff(target, patch));
    else if (conflicts.length === 0) context.stdout.write(`${target.label} not changed\n`);
  }
  const rollouts = changes.filter(([{ effect }]) => effect.kind === "rollout").length;
  const replaced = rollouts === 0 ? "" : ` (replaces the pods of ${plural(rollouts, "workload")})`;
  if (changes.length > 0) {
    context.stderr.write(
      `${plural(changes.length, "object")} to migrate${replaced}: run with --yes to apply.\n`,
    );
  }
  return failures.length > 0 ? EXIT.failed : EXIT.ok;
}
