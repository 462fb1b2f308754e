import type { VolumeRecord } from "../../api/backup-record.ts";
import { formatBytes } from "./quantities.ts";
import { formatSpan, timeOf } from "./timeline/spans.ts";

/** A volume of a record in words; what there is nothing to say about is undefined. */
export type VolumeFacts = {
  readonly method: string | undefined;
  readonly snapshot: string | undefined;
  readonly size: string | undefined;
  /** From the request to readyToUse. */
  readonly readyAfter: string | undefined;
  /** From the request to the cut. */
  readonly cutAfter: string | undefined;
  readonly data: string | undefined;
  readonly warnings: readonly string[];
};

export function volumeFacts({ snapshot, data }: VolumeRecord): VolumeFacts {
  const size = snapshot?.restoreSizeBytes;
  return {
    method: methodOf({ snapshot, data }),
    snapshot: snapshot?.name,
    size: size === undefined ? undefined : formatBytes(size),
    readyAfter: spanBetween(snapshot?.requestTimestamp, snapshot?.readyTimestamp),
    cutAfter: spanBetween(snapshot?.requestTimestamp, snapshot?.cutTimestamp),
    data: data && dataText(data),
    warnings: data?.warnings ?? [],
  };
}

function methodOf({ snapshot, data }: Pick<VolumeRecord, "snapshot" | "data">): string | undefined {
  if (data?.source === "pod") return "copied in the pod";
  if (snapshot === undefined) return undefined;
  return data === undefined ? "CSI snapshot" : "CSI snapshot, copied out of it";
}

function dataText(data: NonNullable<VolumeRecord["data"]>): string {
  const { file, sizeBytes, uncompressedBytes, startTimestamp, endTimestamp } = data;
  const took = spanBetween(startTimestamp, endTimestamp);
  const sizes = `${formatBytes(sizeBytes)} of ${formatBytes(uncompressedBytes)}`;
  return `${file} (${sizes}${took === undefined ? "" : `, in ${took}`})`;
}

function spanBetween(from: string | undefined, to: string | undefined): string | undefined {
  const [start, end] = [timeOf(from), timeOf(to)];
  return start === undefined || end === undefined ? undefined : formatSpan(end - start);
}
