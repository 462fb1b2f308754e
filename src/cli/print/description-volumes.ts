import type { BackupRecord, PodVolumeRecord, VolumeRecord } from "../../api/backup-record.ts";
import { innerField } from "./description-fields.ts";
import { escapeLine } from "./escape.ts";
import { wrapText } from "./timeline/plain-text.ts";
import { volumeFacts } from "./volume-facts.ts";

/** Every claim of a block, and how the content of its volume was captured, or why it was not. */
export function describeVolumes({ blocks }: BackupRecord, width: number | undefined): string[] {
  const volumes = blocks.flatMap((block) => block.volumes);
  return volumes.length === 0
    ? []
    : ["Volumes:", ...volumes.flatMap((volume) => describeVolume(volume, width))];
}

/** How many volumes that are no claims are shown without --details. */
const SHOWN = 20;

/** What pods mount that is no claim, and so in no backup; emptyDirs, which end with their pod, only with --details. */
export function describePodVolumes(
  { podVolumes }: BackupRecord,
  { details, width }: { readonly details: boolean; readonly width?: number | undefined },
): string[] {
  const listed = podVolumes.filter(({ type }) => details || type !== "emptyDir");
  if (listed.length === 0) return [];
  const shown = details ? listed : listed.slice(0, SHOWN);
  const more = listed.length - shown.length;
  return [
    "Pod volumes that are no claims, not captured:",
    ...shown.flatMap((volume) => describePodVolume(volume, width)),
    ...(more > 0 ? [`  and ${more} more, see --details`] : []),
  ];
}

function describePodVolume(
  { pod, name, reason }: PodVolumeRecord,
  width: number | undefined,
): string[] {
  const line = escapeLine(`  ${pod} ${name}: ${reason}`);
  return width === undefined ? [line] : wrapText(line, width, "    ");
}

function describeVolume(volume: VolumeRecord, width: number | undefined): string[] {
  const { claim, result, reason } = volume;
  const { method, data, warnings } = volumeFacts(volume);
  const by = method === undefined ? "" : `: ${method}`;
  const why = reason === undefined ? "" : `: ${reason}`;
  const head = {
    captured: `captured${by}`,
    failed: `failed${by}${why}`,
    skipped: `not captured${why}`,
  };
  const title = escapeLine(`  ${claim}: ${head[result]}`);
  const fields: [string, string | undefined][] = [
    ["Volume", result === "skipped" ? undefined : describeOrigin(volume)],
    ["Snapshot", describeSnapshot(volume)],
    ["Data", data],
    ...warnings.map((warning): [string, string] => ["Warning", warning]),
  ];
  return [
    ...(width === undefined ? [title] : wrapText(title, width, "    ")),
    ...fields.flatMap(([name, value]) => {
      return value === undefined ? [] : innerField(name, value, width);
    }),
  ];
}

function describeOrigin({ volume, driver, storageClass }: VolumeRecord): string {
  const facts = [
    ...(driver === undefined ? [] : [`driver ${driver}`]),
    ...(storageClass === undefined ? [] : [`class ${storageClass}`]),
  ];
  const name = volume ?? "<unbound>";
  return facts.length === 0 ? name : `${name} (${facts.join(", ")})`;
}

/** "ark-nightly-data, class loop, 1.0 GiB, cut after 302 ms, ready after 3.4 s" */
function describeSnapshot(record: VolumeRecord): string | undefined {
  const { snapshot, size, cutAfter, readyAfter } = volumeFacts(record);
  if (snapshot === undefined) return undefined;
  const className = record.snapshot?.className;
  return [
    snapshot,
    ...(className === undefined ? [] : [`class ${className}`]),
    ...(size === undefined ? [] : [size]),
    cutAfter === undefined ? "not cut" : `cut after ${cutAfter}`,
    readyAfter === undefined ? "not ready" : `ready after ${readyAfter}`,
  ].join(", ");
}
