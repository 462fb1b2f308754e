import type { BlockRecord, HookRecord } from "../../../api/backup-record.ts";
import { largest, lengthOf, smallest, timeOf } from "./spans.ts";
import type { BlockTimes } from "./timeline.ts";

/** Less than this is a clock that runs a little fast or slow, or is being slewed. */
const smallestStepMs = 1000;

/**
 * When a block was frozen and thawed. A record of version 0.1 has no times of a freeze: they are those of its hooks.
 * @param hooks those of the block's pods
 */
export function blockTimes(block: BlockRecord, hooks: readonly HookRecord[]): BlockTimes {
  const started = hooks.filter((hook) => hook.started);
  const frozenMs =
    block.quiescedSeconds === undefined ? undefined : lengthOf(block.quiescedSeconds);
  const isFrozen = frozenMs !== undefined || block.freezeTimestamp !== undefined;
  const hookStart = smallest(started.map(({ startTimestamp }) => timeOf(startTimestamp)));
  const freezeMs = isFrozen ? (timeOf(block.freezeTimestamp) ?? hookStart) : undefined;
  const thawMs = timeOf(block.thawTimestamp) ?? endOfFreeze(freezeMs, frozenMs);
  const measured = frozenMs ?? (thawMs === undefined ? undefined : thawMs - (freezeMs ?? thawMs));
  return {
    startMs: timeOf(block.startTimestamp),
    freezeMs,
    quiescedMs: timeOf(block.quiescedTimestamp) ?? quiescedByHooks(block, started),
    thawMs,
    frozenMs: isFrozen ? measured : undefined,
    clockStepMs: clockStep(freezeMs, thawMs, frozenMs),
  };
}

function endOfFreeze(freezeMs: number | undefined, frozenMs: number | undefined) {
  return freezeMs === undefined || frozenMs === undefined ? undefined : freezeMs + frozenMs;
}

/** Only for records that know no such times: a block that has them, but not this one, was never quiesced. */
function quiescedByHooks(block: BlockRecord, started: readonly HookRecord[]): number | undefined {
  if (block.freezeTimestamp !== undefined || block.failedPods.length > 0) return undefined;
  return largest(started.filter(({ phase }) => phase === "pre").map(endOfHook));
}

export function endOfHook({ startTimestamp, durationSeconds }: HookRecord): number | undefined {
  const startMs = timeOf(startTimestamp);
  return startMs === undefined ? undefined : startMs + lengthOf(durationSeconds);
}

function clockStep(
  freezeMs: number | undefined,
  thawMs: number | undefined,
  frozenMs: number | undefined,
): number {
  if (freezeMs === undefined || thawMs === undefined || frozenMs === undefined) return 0;
  const step = thawMs - freezeMs - frozenMs;
  return Math.abs(step) > Math.max(smallestStepMs, frozenMs / 20) ? step : 0;
}
