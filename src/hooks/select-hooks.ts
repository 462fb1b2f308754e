import { unknownHookKeys } from "./annotation-keys.ts";
import { type AnnotationHook, annotationHook, annotationOrder } from "./from-annotations.ts";
import type { ResolvedResourceHook } from "./from-spec.ts";
import type { ExecHook, HookPhase, PodHooks } from "./hook.ts";
import type { PodView } from "./pod-view.ts";

export type SelectedHooks = PodHooks & {
  /** Indices of the spec's entries that are for this pod, also where an annotation took their place. */
  readonly matchedSpecHooks: readonly number[];
};

/**
 * What runs in a pod. In each phase an annotation hook takes the place of all of the spec's; otherwise the spec's entries
 * run in their order (as Ark 0.8.1). The order among pods is the annotation's, else that of the first matching entry
 * that sets one, else 0.
 */
export function selectPodHooks(
  pod: PodView,
  specHooks: readonly ResolvedResourceHook[],
): SelectedHooks {
  const matching = specHooks.filter((hook) => hook.appliesTo(pod));
  const [pre, post] = [annotationHook(pod, "pre"), annotationHook(pod, "post")];
  const order = annotationOrder(pod);
  return {
    pre: hooksOfPhase(pre, matching, "pre"),
    post: hooksOfPhase(post, matching, "post"),
    order: order.value ?? specOrder(matching),
    warnings: [
      ...pre.warnings,
      ...post.warnings,
      ...(order.warning === undefined ? [] : [order.warning]),
      ...unknownHookKeys(pod.annotations),
    ],
    matchedSpecHooks: matching.map(({ index }) => index),
  };
}

function hooksOfPhase(
  { hook }: AnnotationHook,
  specHooks: readonly ResolvedResourceHook[],
  phase: HookPhase,
): readonly ExecHook[] {
  return hook ? [hook] : specHooks.flatMap((entry) => entry[phase]);
}

function specOrder(specHooks: readonly ResolvedResourceHook[]): number {
  return specHooks.find(({ order }) => order !== null)?.order ?? 0;
}
