import type { ExecHook, HookOutcome } from "./hook.ts";
import type { PodView } from "./pod-view.ts";
import { type HookContext, runHook, skipHook } from "./run-hook.ts";

export type HooksResult = {
  /** One for each hook, in order. */
  readonly outcomes: readonly HookOutcome[];
  /** A hook with onError Fail is in error, or the hooks were interrupted. */
  readonly failed: boolean;
  /** At least one command may have run, so the pod may be quiesced. */
  readonly anyStarted: boolean;
};

/**
 * Runs the hooks of one phase in a pod, one after another; never throws.
 * - A pre hook in error with Fail: the pre hooks after it are skipped (as Ark 0.8.1).
 * - A post hook in error: the post hooks after it run all the same. Ark 0.8.1 stopped, but a thaw must not be left out
 *   because another post hook failed.
 * - A pod that ran to its end (Succeeded, Failed): its hooks are skipped and nothing is in error (as Velero).
 * - An abort of `signal`: the running hook and all after it are in error. Give post hooks a signal of their own.
 */
export async function runHooks(
  hooks: readonly ExecHook[],
  pod: PodView,
  context: HookContext,
  signal: AbortSignal,
): Promise<HooksResult> {
  const outcomes: HookOutcome[] = [];
  for (const hook of hooks) {
    outcomes.push(await nextOutcome(hook, outcomes, { pod, context, signal }));
  }
  return {
    outcomes,
    failed: outcomes.some(isFatal),
    anyStarted: outcomes.some(({ started }) => started),
  };
}

/** Whether every hook of a phase ran and succeeded, or had nothing to do. */
export function isPhaseClean(result: HooksResult | undefined): boolean {
  return result !== undefined && result.outcomes.every(({ status }) => status !== "failed");
}

type Run = {
  readonly pod: PodView;
  readonly context: HookContext;
  readonly signal: AbortSignal;
};

async function nextOutcome(
  hook: ExecHook,
  earlier: readonly HookOutcome[],
  { pod, context, signal }: Run,
): Promise<HookOutcome> {
  if (pod.phase === "Succeeded" || pod.phase === "Failed") {
    const message = `the pod is in phase ${pod.phase}: nothing runs in it`;
    return skipHook(hook, pod, context, { reason: "PodCompleted", message });
  }
  const fatal = hook.phase === "pre" ? earlier.find(isFatal) : undefined;
  if (fatal === undefined) return runHook(hook, pod, context, signal);
  const why =
    fatal.reason === "Interrupted"
      ? ({ reason: "Interrupted", message: "interrupted" } as const)
      : ({ reason: "EarlierHookFailed", message: `hook ${fatal.hook.name} failed` } as const);
  return skipHook(hook, pod, context, why);
}

function isFatal({ status, reason, hook }: HookOutcome): boolean {
  return status === "failed" && (hook.onError === "Fail" || reason === "Interrupted");
}
