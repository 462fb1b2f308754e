import type { BlockRecord, HookRecord } from "../../../api/backup-record.ts";
import { largest, smallest, timeOf } from "./spans.ts";
import type { BlockTimes, FreezePart } from "./timeline.ts";

/**
 * What a freeze was spent on, in order: pre hooks, cutting snapshots, copying in the pod, reading the objects, post
 * hooks. What took no time is left out.
 * @param hooks those of the block's pods
 */
export function freezeParts(
  block: BlockRecord,
  hooks: readonly HookRecord[],
  { freezeMs, quiescedMs, thawMs, clockStepMs }: BlockTimes,
): FreezePart[] {
  // Moments of a clock that was set in between say nothing about lengths.
  if (freezeMs === undefined || thawMs === undefined || clockStepMs !== 0) return [];
  const post = hooks.filter((hook) => hook.phase === "post" && hook.started);
  const postStart = smallest(post.map(({ startTimestamp }) => timeOf(startTimestamp))) ?? thawMs;
  const cut = largest(block.volumes.map(({ snapshot }) => timeOf(snapshot?.cutTimestamp)));
  const copied = largest(
    block.volumes
      .filter(({ data }) => data?.source === "pod")
      .map(({ data }) => timeOf(data?.endTimestamp)),
  );
  const never = "pre hooks, one of which failed";
  const isCut = block.volumes.every(({ snapshot }) => !snapshot || snapshot.cutTimestamp);
  const steps: [string, number | undefined][] = [
    [quiescedMs === undefined ? never : "pre hooks", quiescedMs ?? postStart],
    ["cutting snapshots", cut],
    ["copying in the pod", copied],
    [isCut ? "reading the objects" : "waiting for snapshots that were not cut", postStart],
    ["post hooks", thawMs],
  ];
  return lengthsOf(steps, freezeMs, thawMs).filter(({ ms }) => ms >= 1);
}

/** Each step lasts from the end of the one before; one that ended earlier took no time of its own. */
function lengthsOf(
  steps: readonly [string, number | undefined][],
  fromMs: number,
  toMs: number,
): FreezePart[] {
  let reached = fromMs;
  return steps.map(([what, end = reached]) => {
    const before = reached;
    reached = Math.min(toMs, Math.max(reached, end));
    return { what, ms: reached - before };
  });
}
