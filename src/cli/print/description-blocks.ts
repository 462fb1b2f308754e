import type { BackupRecord, BlockRecord, HookRecord } from "../../api/backup-record.ts";
import { innerField } from "./description-fields.ts";
import { escapeLine } from "./escape.ts";
import { plural } from "./quantities.ts";
import { blockTimes } from "./timeline/block-times.ts";
import { formatSpan, lengthOf, timeOf } from "./timeline/spans.ts";
import type { BlockTimes } from "./timeline/timeline.ts";

/** Every block that was frozen, or of which a snapshot was cut: who, when, for how long. */
export function describeBlocks(record: BackupRecord, width: number | undefined): string[] {
  const hooks = Map.groupBy(record.hooks, ({ namespace, pod }) => `${namespace}/${pod}`);
  const lines = record.blocks.flatMap((block, index) => {
    const own = block.pods.flatMap((pod) => hooks.get(pod) ?? []);
    const times = blockTimes(block, own);
    const hasSnapshot = block.volumes.some(({ snapshot }) => snapshot !== undefined);
    if (times.freezeMs === undefined && times.frozenMs === undefined && !hasSnapshot) return [];
    return describeBlock(block, { number: index + 1, hooks: own, times }, width);
  });
  return lines.length === 0 ? [] : ["Blocks (pods that were quiesced together):", ...lines];
}

type BlockFacts = {
  readonly number: number;
  readonly hooks: readonly HookRecord[];
  readonly times: BlockTimes;
};

function describeBlock(
  block: BlockRecord,
  { number, hooks, times }: BlockFacts,
  width: number | undefined,
): string[] {
  const { frozenMs, freezeMs, quiescedMs, thawMs } = times;
  const since = freezeMs ?? times.startMs;
  const length = frozenMs === undefined ? "not frozen" : `frozen for ${formatSpan(frozenMs)}`;
  const fields: [string, string][] = [
    ["Pods", block.pods.join(", ")],
    ["Claims", block.claims.join(", ")],
    ["Hooks", describeHooks(hooks)],
    ["Frozen", freezeMs === undefined ? "" : formatTimestamp(freezeMs)],
    ["Quiesced", describeQuiesced(block, freezeMs, quiescedMs)],
    ...cuts(block, since),
    ["Thawed", thawMs === undefined ? "" : momentAfter(thawMs, since)],
    ["Clock", describeClock(times.clockStepMs)],
    ["Guard", describeGuards(block)],
  ];
  return [
    escapeLine(`  Block ${number} of ${block.pods[0] ?? block.claims[0] ?? "nothing"}: ${length}`),
    ...fields.flatMap(([name, value]) => (value === "" ? [] : innerField(name, value, width))),
  ];
}

function describeQuiesced(
  { failedPods }: BlockRecord,
  freezeMs: number | undefined,
  quiescedMs: number | undefined,
): string {
  if (freezeMs === undefined) return "";
  if (failedPods.length > 0) return `never: ${failedPods.join(", ")} failed`;
  return quiescedMs === undefined ? "never" : momentAfter(quiescedMs, freezeMs);
}

/** "2 pre (210 ms), 1 post (112 ms), 1 failed, 2 skipped" */
function describeHooks(hooks: readonly HookRecord[]): string {
  const ran = hooks.filter(({ status }) => status !== "skipped");
  const phases = (["pre", "post"] as const).flatMap((phase) => {
    const those = ran.filter((hook) => hook.phase === phase);
    const ms = those.reduce((sum, { durationSeconds }) => sum + lengthOf(durationSeconds), 0);
    return those.length === 0 ? [] : [`${those.length} ${phase} (${formatSpan(ms)})`];
  });
  const failed = ran.filter(({ status }) => status === "failed").length;
  const skipped = hooks.length - ran.length;
  return [
    ...phases,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
  ].join(", ");
}

function cuts({ volumes }: BlockRecord, since: number | undefined): [string, string][] {
  return volumes.flatMap(({ claim, snapshot }): [string, string][] => {
    if (snapshot === undefined) return [];
    const cutMs = timeOf(snapshot.cutTimestamp);
    if (cutMs === undefined) return [["Cut", `never: ${claim}`]];
    return [["Cut", `${momentAfter(cutMs, since)}: ${claim}`]];
  });
}

function momentAfter(ms: number, since: number | undefined): string {
  const after = since === undefined ? "" : ` (after ${formatSpan(ms - since)})`;
  return `${formatTimestamp(ms)}${after}`;
}

/** As the other times of a description. */
function formatTimestamp(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "<unknown>" : date.toISOString();
}

function describeClock(stepMs: number): string {
  if (stepMs === 0) return "";
  const way = stepMs > 0 ? "forward" : "back";
  return `was set ${way} by about ${formatSpan(Math.abs(stepMs))} meanwhile; the length of the freeze is right all the same`;
}

function describeGuards({ guards }: BlockRecord): string {
  const states = Map.groupBy(guards, ({ state, reason }) =>
    reason === undefined ? state : `${state} (${reason})`,
  );
  if (states.size <= 1) return [...states.keys()].join("");
  return [...states]
    .map(([state, those]) => `${state}: ${plural(those.length, "container")}`)
    .join(", ");
}
