import type { ApiResource, ObjectName } from "../../cluster/cluster.ts";
import { forEachParallel } from "../../lib/bounded-parallel.ts";
import { hasCode } from "../../lib/errors.ts";
import { STATE_LABEL } from "../owned-labels.ts";
import type { MadeSnapshot, SnapshotRun } from "./snapshot-run.ts";

const AT_ONCE = 16;

/** `keep` of VolumeSnapshots. */
export async function keepSnapshots(run: SnapshotRun, signal: AbortSignal): Promise<void> {
  const settled = [...run.made.values()].filter(({ isSettled }) => isSettled);
  await forEachParallel(settled, AT_ONCE, (snapshot) => keep(snapshot, run, signal), signal);
}

async function keep(
  { namespace, name, contentName }: MadeSnapshot,
  run: SnapshotRun,
  signal: AbortSignal,
): Promise<void> {
  const { kinds, log } = run;
  if (contentName === undefined) {
    await mark(kinds.snapshots, { namespace, name }, run, signal);
    return;
  }
  await mark(kinds.contents, { name: contentName }, run, signal);
  try {
    await mark(kinds.snapshots, { namespace, name }, run, signal);
  } catch (error) {
    // Its namespace may be gone by now: what counts is the content, which outlives it.
    if (!hasCode(error, "NotFound")) throw error;
    log.write("warning", "snapshot gone, its content is kept", {
      snapshot: `${namespace}/${name}`,
    });
  }
}

async function mark(
  resource: ApiResource,
  target: ObjectName,
  { cluster }: SnapshotRun,
  signal: AbortSignal,
): Promise<void> {
  const patch = { metadata: { labels: { [STATE_LABEL]: "kept" } } };
  await cluster.patch({ resource, target, type: "merge", patch }, signal);
}
