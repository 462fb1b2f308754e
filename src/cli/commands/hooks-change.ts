import type { Cluster, RawObject } from "../../cluster/cluster.ts";
import { type AnnotationPatch, isChangedBy, mergePatchAt } from "../../hooks/edit-hooks.ts";
import type { HookTarget } from "../../hooks/hook-target.ts";
import { ArkError } from "../../lib/errors.ts";
import type { CliContext } from "../cli-context.ts";
import { confirm } from "../confirm.ts";
import { EXIT } from "../exit-codes.ts";
import { plural } from "../print/quantities.ts";
import type { DryRun } from "./hooks-flags.ts";
import { createChangePrinter, type ChangeOutput } from "./hooks-change-output.ts";
import { type FetchedTargets, printFailure, type TargetFailure } from "./hooks-fetch.ts";
import { remarkOnChanges } from "./hooks-remarks.ts";

/** The flags of `hooks set` and `hooks unset` that say how a change is made. */
export type ChangeArguments = {
  readonly "dry-run"?: DryRun | undefined;
  readonly yes?: boolean | undefined;
  readonly output?: ChangeOutput | undefined;
};

export type HookChange = {
  /** For the result's line: "hooks set". */
  readonly done: string;
  patchFor(target: HookTarget): AnnotationPatch;
  /** What speaks against the change of this target. */
  check(target: HookTarget): ArkError | undefined;
  /** What the user may like to know of the change of this target. */
  note(target: HookTarget): string | undefined;
};

export type PlannedChange = {
  readonly target: HookTarget;
  /** Always whole, so that of two who set a hook at once one wins, and no mixture. */
  readonly patch: AnnotationPatch;
  /** Whether the object has other annotations than this. */
  readonly isChange: boolean;
};

export type ChangeRequest = {
  readonly flags: ChangeArguments;
  readonly cluster: Cluster;
  readonly context: CliContext;
};

/**
 * Changes the annotations of all targets: all are checked, and the user is asked, before the first is written; after that
 * one that fails does not stop the others.
 * @returns the exit code @throws ArkError when nothing was changed
 */
export async function changeHooks(
  change: HookChange,
  fetched: FetchedTargets,
  request: ChangeRequest,
): Promise<number> {
  const { flags, context } = request;
  const plans = fetched.targets.map((target): PlannedChange => {
    const patch = change.patchFor(target);
    return { target, patch, isChange: isChangedBy(target.view.annotations, patch) };
  });
  const changes = plans.filter(({ isChange }) => isChange);
  assertPossible([...fetched.failures, ...findProblems(changes, plans, change)], context);
  await remarkOnChanges(changes, change, { resolved: fetched.resolved, request });
  const dryRun = flags["dry-run"] ?? "none";
  if (dryRun === "none" && !flags.yes && !(await confirmRollout(changes, context))) {
    context.stderr.write("Nothing was changed.\n");
    return EXIT.failed;
  }
  return await writeAll(plans, change, request);
}

function findProblems(
  changes: readonly PlannedChange[],
  plans: readonly PlannedChange[],
  change: HookChange,
): TargetFailure[] {
  const refused = changes.flatMap(({ target: { label, effect } }) =>
    effect.kind === "refused"
      ? [{ label, error: new ArkError("Usage", effect.message, { hint: effect.hint }) }]
      : [],
  );
  const invalid = plans.flatMap(({ target }) => {
    const error = change.check(target);
    return error === undefined ? [] : [{ label: target.label, error }];
  });
  return [...refused, ...invalid];
}

function assertPossible(failures: readonly TargetFailure[], context: CliContext): void {
  const [first, ...others] = failures;
  if (first === undefined) return;
  const { label, error } = first;
  if (others.length === 0) {
    const options = { hint: error.hint, cause: error };
    throw new ArkError(error.code, `${label}: ${error.message}; nothing was changed`, options);
  }
  for (const failure of failures) printFailure(failure, context);
  throw new ArkError(error.code, `${plural(failures.length, "problem")}; nothing was changed`);
}

async function confirmRollout(
  changes: readonly PlannedChange[],
  context: CliContext,
): Promise<boolean> {
  const workloads = changes.flatMap(({ target: { label, effect } }) =>
    effect.kind === "rollout" ? [`${label}${replicasOf(effect.replicas)}`] : [],
  );
  if (workloads.length === 0) return true;
  const what = `this changes the pod template of ${workloads.join(", ")}, so the pods are replaced`;
  if (!context.stdin.isTTY) {
    throw new ArkError("Usage", `${what}; there is no terminal to ask on; nothing was changed`, {
      hint: "Add --yes to do it without a question, or --dry-run=server to try it.",
    });
  }
  return await confirm(`T${what.slice(1)}. Continue?`, "--yes", context);
}

function replicasOf(replicas: number | undefined): string {
  return replicas === undefined ? "" : ` (${plural(replicas, "replica")})`;
}

async function writeAll(
  plans: readonly PlannedChange[],
  { done }: HookChange,
  { flags, cluster, context }: ChangeRequest,
): Promise<number> {
  const dryRun = flags["dry-run"] ?? "none";
  const printer = createChangePrinter({ output: flags.output, dryRun, done }, context);
  let failed = false;
  for (const plan of plans) {
    try {
      const isWritten = plan.isChange && dryRun !== "client";
      const written = isWritten ? await write(plan, dryRun, { cluster, context }) : undefined;
      printer.print(plan, written);
    } catch (error) {
      if (!(error instanceof ArkError) || error.code === "Cancelled") throw error;
      printFailure({ label: plan.target.label, error }, context);
      failed = true;
    }
  }
  printer.end();
  return failed ? EXIT.failed : EXIT.ok;
}

async function write(
  { target, patch }: PlannedChange,
  dryRun: DryRun,
  { cluster, context }: Pick<ChangeRequest, "cluster" | "context">,
): Promise<RawObject> {
  const { resource, namespace, name, path } = target;
  return await cluster.patch(
    {
      resource,
      target: { namespace, name },
      type: "merge",
      patch: mergePatchAt(path, patch),
      ...(dryRun === "server" && { options: { dryRun } }),
    },
    context.signal,
  );
}
