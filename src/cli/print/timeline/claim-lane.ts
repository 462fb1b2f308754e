import type { VolumeRecord } from "../../../api/backup-record.ts";
import { formatBytes } from "../quantities.ts";
import { bar, formatSpan, timeOf } from "./spans.ts";
import type { Bar, Lane, Mark } from "./timeline.ts";

/** Snapshot asked for, cut, ready; content copied. */
export function claimLane(volume: VolumeRecord): Lane {
  const bars = [...snapshotBars(volume), ...copyBars(volume)];
  const cutMs = timeOf(volume.snapshot?.cutTimestamp);
  return {
    of: "claim",
    name: volume.claim,
    bars,
    marks: cutMs === undefined ? [] : [cutMark(cutMs)],
    figures: figuresOf(volume),
    problem: volume.result === "captured" ? undefined : volume.reason,
    isFailed: volume.result === "failed",
  };
}

const cutMark = (atMs: number): Mark => ({ atMs, text: "snapshot cut" });

function snapshotBars({ snapshot, result, claim }: VolumeRecord): Bar[] {
  const requested = timeOf(snapshot?.requestTimestamp);
  if (requested === undefined) return [];
  const isFailed = result === "failed";
  const cut = timeOf(snapshot?.cutTimestamp);
  if (cut === undefined) {
    const text = `snapshot of ${claim} asked for, not cut`;
    return [bar("cutting", [requested, requested], text, isFailed)];
  }
  const cutting = bar("cutting", [requested, cut], `cut in ${formatSpan(cut - requested)}`);
  const ready = timeOf(snapshot?.readyTimestamp);
  if (ready === undefined) return [{ ...cutting, isFailed }];
  return [cutting, bar("settling", [cut, ready], `ready ${formatSpan(ready - cut)} later`)];
}

function copyBars({ data, result }: VolumeRecord): Bar[] {
  const [from, to] = [timeOf(data?.startTimestamp), timeOf(data?.endTimestamp)];
  if (data === undefined || from === undefined || to === undefined) return [];
  const text = `${formatBytes(data.uncompressedBytes)} copied in ${formatSpan(to - from)}`;
  return [bar("copying", [from, to], text, result === "failed")];
}

function figuresOf(volume: VolumeRecord): string[] {
  const bars = [...snapshotBars(volume), ...copyBars(volume)];
  const done = bars.filter(({ isFailed }) => !isFailed).map(({ text }) => text);
  if (volume.result === "failed") return [...done, "failed"];
  return volume.result === "skipped" ? [...done, "not captured"] : done;
}
