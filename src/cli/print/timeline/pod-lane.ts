import type { HookRecord } from "../../../api/backup-record.ts";
import { endOfHook } from "./block-times.ts";
import { bar, formatSpan, largest, lengthOf, smallest, timeOf } from "./spans.ts";
import type { Bar, BlockTimes, Lane } from "./timeline.ts";

/** Pre hooks, the time between them and the post hooks, post hooks. @param hooks those of the pod */
export function podLane(name: string, hooks: readonly HookRecord[], times: BlockTimes): Lane {
  const held = heldBar(hooks, times);
  const failures = hooks.filter(({ status }) => status === "failed");
  const isUnquiesced = hooks.some(({ phase, status }) => phase === "pre" && status === "failed");
  return {
    of: "pod",
    name,
    bars: [...(held ? [held] : []), ...hooks.flatMap(hookBar)],
    marks: [],
    figures: [
      ...phaseFigures("pre", hooks),
      ...(held ? [`held ${formatSpan(held.toMs - held.fromMs)}`] : []),
      ...phaseFigures("post", hooks),
      ...(hooks.length === 0 ? ["no hooks"] : []),
    ],
    problem: failures.map(failureText).join("; ") || undefined,
    isFailed: isUnquiesced || failures.length > 0,
  };
}

function failureText({ phase, name, message }: HookRecord): string {
  return `${phase} hook ${name}: ${message ?? "failed"}`;
}

function hookBar(hook: HookRecord): Bar[] {
  const fromMs = timeOf(hook.startTimestamp);
  if (fromMs === undefined || hook.status === "skipped") return [];
  const length = lengthOf(hook.durationSeconds);
  const text = `${hook.phase} hook ${hook.name} ${hook.status}, ${formatSpan(length)}`;
  return [bar(hook.phase, [fromMs, fromMs + length], text, hook.status === "failed")];
}

/**
 * From the end of the last pre hook to the start of the first post hook. Without any post hook there is nothing that
 * would have to be undone; where they did not run, the pod was held until the block was done with.
 */
function heldBar(hooks: readonly HookRecord[], { thawMs, clockStepMs }: BlockTimes) {
  const started = hooks.filter((hook) => hook.started);
  const from = largest(started.filter(({ phase }) => phase === "pre").map(endOfHook));
  const posts = started.filter(({ phase }) => phase === "post");
  const to = smallest(posts.map(({ startTimestamp }) => timeOf(startTimestamp))) ?? thawMs;
  const hasPost = hooks.some(({ phase }) => phase === "post");
  if (from === undefined || to === undefined || !hasPost) return undefined;
  // Over a step of the clock the two moments cannot be compared.
  if (clockStepMs !== 0 || to < from) return undefined;
  return bar("held", [from, to], `held frozen for ${formatSpan(to - from)}`);
}

/** "2 pre hooks 210 ms", "post hook failed after 30 s", "2 pre hooks skipped" */
function phaseFigures(phase: "pre" | "post", hooks: readonly HookRecord[]): string[] {
  const all = hooks.filter((hook) => hook.phase === phase);
  const ran = all.filter(({ status }) => status !== "skipped");
  const failed = ran.some(({ status }) => status === "failed");
  const skipped = all.length - ran.length;
  const ms = ran.reduce((sum, hook) => sum + lengthOf(hook.durationSeconds), 0);
  return [
    ...(ran.length === 0
      ? []
      : [`${counted(ran.length, phase)} ${failed ? "failed after " : ""}${formatSpan(ms)}`]),
    ...(skipped === 0 ? [] : [`${counted(skipped, phase)} skipped`]),
  ];
}

function counted(count: number, phase: string): string {
  return count === 1 ? `${phase} hook` : `${count} ${phase} hooks`;
}
