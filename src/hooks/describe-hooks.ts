import { formatGoDuration } from "../lib/duration.ts";
import { hookKeysOf, ORDER_KEYS, unknownHookKeys } from "./annotation-keys.ts";
import { chooseContainer } from "./choose-container.ts";
import { annotationHook, annotationOrder } from "./from-annotations.ts";
import type { ExecHook, HookPhase, OnError } from "./hook.ts";
import { needsNoPostHook } from "./needs-no-post-hook.ts";
import type { PodView } from "./pod-view.ts";

/** A hook as it would run, with its defaults filled in; without `hook` there are only remarks. */
export type HookDescription = {
  /** null: a remark that belongs to no phase. */
  readonly phase: HookPhase | null;
  readonly hook: DescribedHook | null;
  /** The pod's place among others; null when none is set. */
  readonly order: number | null;
  readonly notes: readonly string[];
};

export type DescribedHook = {
  readonly container: string;
  readonly command: readonly string[];
  readonly onError: OnError;
  /** A Go duration. */
  readonly timeout: string;
  /** The annotation that the command comes from. */
  readonly key: string;
};

/** What the annotations of a pod, or of a pod template, would run in a backup; empty when they say nothing of hooks. */
export function describeHooks(view: PodView): HookDescription[] {
  if (!mentionsHooks(view.annotations)) return [];
  const order = annotationOrder(view);
  const phases = (["pre", "post"] as const).map((phase): HookDescription => {
    const { hook, warnings } = annotationHook(view, phase);
    const own = hook ? [...problemsOf(hook, view), ...hook.warnings] : [];
    const described = hook ? describeHook(hook, view) : null;
    return { phase, hook: described, order: order.value ?? null, notes: [...own, ...warnings] };
  });
  const general = [order.warning, ...unknownHookKeys(view.annotations)];
  const remark: HookDescription = {
    phase: null,
    hook: null,
    order: order.value ?? null,
    notes: general.filter((note) => note !== undefined),
  };
  return [...phases, remark].filter(({ hook, notes }) => hook !== null || notes.length > 0);
}

/** Remarks on the hooks of a pod or template as a whole, for whoever has just changed them. */
export function warnAboutHooks(view: PodView): string[] {
  const descriptions = describeHooks(view);
  const hookOf = (phase: HookPhase): DescribedHook | undefined =>
    descriptions.find((description) => description.phase === phase)?.hook ?? undefined;
  const pre = hookOf("pre");
  const unpaired =
    pre && !hookOf("post") && !needsNoPostHook(pre.command)
      ? ["there is a pre hook and no post hook: nothing undoes what the pre hook does"]
      : [];
  return [...new Set([...descriptions.flatMap(({ notes }) => notes), ...unpaired])];
}

/** Whether an annotation looks like a hook's: cheap, to pass over the many pods that have none. */
export function mentionsHooks(annotations: Readonly<Record<string, string>>): boolean {
  return Object.keys(annotations).some((key) => DOMAINS.some((domain) => key.includes(domain)));
}

const DOMAINS: readonly string[] = ORDER_KEYS.map((key) => key.slice(0, key.indexOf("/")));

function describeHook(hook: ExecHook, view: PodView): DescribedHook {
  const keys = hookKeysOf(hook.phase).find(
    ({ command }) => (view.annotations[command] ?? "") !== "",
  );
  return {
    container: hook.container === "" ? (view.containers[0]?.name ?? "") : hook.container,
    command: hook.command,
    onError: hook.onError,
    timeout: formatGoDuration(hook.timeoutMs),
    key: keys?.command ?? "",
  };
}

function problemsOf(hook: ExecHook, view: PodView): string[] {
  if (view.phase === "Succeeded" || view.phase === "Failed") {
    return [`does not run: the pod is ${view.phase}`];
  }
  const { refusal } = chooseContainer(hook, view);
  return refusal ? [refusal.message] : [];
}
