import type { PlannedPod } from "./group-items.ts";

/** Whether the journal of freezes gets a note of the pod: only what pre hooks change and post hooks undo can be thawed later. */
export function isNoted({ hooks }: PlannedPod): boolean {
  return hooks.pre.length > 0 && hooks.post.length > 0;
}

/** What to do when a post hook of the pod has failed; undefined where the journal has no note of it. */
export function thawHint(pod: PlannedPod): string | undefined {
  const { namespace, name } = pod.view;
  return isNoted(pod)
    ? `If the pod is still frozen, run: kubectl ark hooks thaw ${namespace}/${name}`
    : undefined;
}
