import type { Log } from "../../lib/log.ts";
import type { ClientProcess } from "../../volumes/client-process.ts";
import { createVolumeSnapshots } from "../../volumes/snapshots/csi-snapshots.ts";
import type { RunMark } from "../../volumes/owned-labels.ts";
import { createVolumeCopies } from "../../volumes/copies/volume-copies.ts";
import type { WriteFile } from "../backup-output.ts";
import type { Ports } from "../backup-run.ts";
import type { RunVolumes } from "./captured-volume.ts";
import { wantsVolumes } from "./plan-block-volumes.ts";
import type { BackupPlan } from "../plan/plan-backup.ts";

/** How long a helper pod may take until it runs: an image may have to be pulled, a volume to be made from a snapshot. */
const HELPER_TIMEOUT_MS = 600_000;

export type VolumeOutput = { readonly log: Log; readonly write: WriteFile };

/** @returns undefined when volumes are not captured; nothing is asked of the cluster yet */
export function openRunVolumes(
  plan: BackupPlan,
  { log, write }: VolumeOutput,
  { cluster, clock, observe, clientProcess }: Ports,
): RunVolumes | undefined {
  const { request } = plan;
  if (!wantsVolumes(request)) return undefined;
  const mark = markOf(request.name, clientProcess);
  const tools = {
    cluster,
    clock,
    log,
    mark,
    findResource: (groupResource: string) => plan.names.find(groupResource),
  };
  const { image, pullPolicy } = request.helper;
  return {
    snapshots: createVolumeSnapshots({ ...tools, snapshotTimeoutMs: request.snapshotTimeoutMs }),
    copies: request.volumeData
      ? createVolumeCopies({
          ...tools,
          helper: { image, pullPolicy, timeoutMs: HELPER_TIMEOUT_MS },
          onProgress: (claim, bytes) => observe({ kind: "copy-progress", claim, bytes }),
        })
      : undefined,
    mountedBy: new Map(),
    held: new Set(),
    captured: [],
    files: {},
    info: [],
    write,
  };
}

function markOf(backup: string, clientProcess: ClientProcess): RunMark {
  return { backup, runId: crypto.randomUUID(), client: clientProcess.self };
}

/**
 * Removes what a run that is given up has made in the cluster. Bounded in time, never throws.
 * @returns what is left there, for the message
 */
export async function discardVolumes(volumes: RunVolumes | undefined): Promise<readonly string[]> {
  if (!volumes) return [];
  // The claims of copies hold on to the snapshots they were made from.
  const copies = (await volumes.copies?.discard()) ?? [];
  return [...copies, ...(await volumes.snapshots.discard())];
}
