import type { BackupRecord, BlockRecord, HookRecord } from "../../../api/backup-record.ts";
import { axisOver } from "./axis.ts";
import { blockTimes } from "./block-times.ts";
import { claimLane } from "./claim-lane.ts";
import { freezeParts } from "./freeze-parts.ts";
import { podLane } from "./pod-lane.ts";
import { formatSpan, largest, lengthOf, smallest, timeOf } from "./spans.ts";
import type { Axis, BlockTimeline, BlockTimes, Lane, Timeline } from "./timeline.ts";

/** How much of what follows a freeze its picture shows, as a part of its length. */
const margin = 0.12;

/** A record as pictures of when what was frozen, and for how long. Never throws, whatever the record's times say. */
export function buildTimeline(record: BackupRecord): Timeline {
  const hooksByPod = Map.groupBy(record.hooks, ({ namespace, pod }) => `${namespace}/${pod}`);
  const all = record.blocks.map((block, index) => buildBlock(block, index + 1, hooksByPod));
  const blocks = all.filter(({ lanes, times }) => {
    return times.freezeMs !== undefined || lanes.some(({ bars }) => bars.length > 0);
  });
  const from = timeOf(record.startTimestamp) ?? smallest(blocks.map(({ axis }) => axis.fromMs));
  const to = timeOf(record.completionTimestamp) ?? largest(blocks.map(({ axis }) => axis.toMs));
  return {
    backup: record.backup,
    phase: record.phase,
    axis: axisOver(from, to),
    blocks,
    emptyBlocks: all.length - blocks.length,
  };
}

function buildBlock(
  block: BlockRecord,
  number: number,
  hooksByPod: ReadonlyMap<string, readonly HookRecord[]>,
): BlockTimeline {
  const hooksOf = (pod: string): readonly HookRecord[] => hooksByPod.get(pod) ?? [];
  const hooks = block.pods.flatMap(hooksOf);
  const times = blockTimes(block, hooks);
  const lanes = [
    ...block.pods.map((pod) => podLane(pod, hooksOf(pod), times)),
    ...block.volumes.map(claimLane),
  ];
  return {
    number,
    pods: block.pods,
    claims: block.claims,
    axis: blockAxis(block, lanes, times),
    times,
    parts: freezeParts(block, hooks, times),
    lanes,
    notes: notesOf(block, times),
    isFailed: block.failedPods.length > 0 || lanes.some(({ isFailed }) => isFailed),
  };
}

/** Everything that has to do with the freeze; without one, the cutting of snapshots, or else the copies. */
function blockAxis(block: BlockRecord, lanes: readonly Lane[], times: BlockTimes): Axis {
  const { freezeMs, thawMs, frozenMs = 0, clockStepMs } = times;
  if (freezeMs !== undefined && clockStepMs !== 0) return axisOver(freezeMs, freezeMs + frozenMs);
  const bars = lanes.flatMap((lane) => lane.bars);
  const near = bars.filter(({ kind }) => kind !== "settling" && kind !== "copying");
  const inPod = block.volumes.flatMap(({ data }) => (data?.source === "pod" ? [data] : []));
  const shown = near.length === 0 && freezeMs === undefined ? bars : near;
  const from = smallest([
    freezeMs,
    ...shown.map(({ fromMs }) => fromMs),
    ...inPod.map(({ startTimestamp }) => timeOf(startTimestamp)),
  ]);
  const to = largest([
    thawMs,
    ...shown.map(({ toMs }) => toMs),
    ...inPod.map(({ endTimestamp }) => timeOf(endTimestamp)),
    // A snapshot that was never cut has no end: the block's is the next best.
    ...(from !== undefined && thawMs === undefined ? [from + lengthOf(block.durationSeconds)] : []),
  ]);
  const goesOn = to !== undefined && bars.some(({ toMs }) => toMs > to);
  return axisOver(from, to, goesOn ? margin : 0);
}

function notesOf({ failedPods, guards }: BlockRecord, times: BlockTimes): string[] {
  const { freezeMs, quiescedMs, clockStepMs } = times;
  const odd = guards.filter(({ state }) => state !== "dismissed");
  return [
    ...(failedPods.length > 0 ? [`not quiesced: ${failedPods.join(", ")}`] : []),
    ...(freezeMs !== undefined && quiescedMs === undefined && failedPods.length === 0
      ? ["the block as a whole was never quiesced"]
      : []),
    ...odd.map(({ pod, container, state, reason }) => {
      return `guard of ${pod} (${container}): ${state}${reason === undefined ? "" : `, ${reason}`}`;
    }),
    ...(clockStepMs === 0
      ? []
      : [
          `this client's clock was set ${clockStepMs > 0 ? "forward" : "back"} by about ${formatSpan(Math.abs(clockStepMs))} meanwhile: bars may lie elsewhere, the length of the freeze is right`,
        ]),
  ];
}
