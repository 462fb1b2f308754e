import type { LogFields, LogLevel } from "../../src/lib/log.ts";
import type { SnapshotPlan } from "../../src/volumes/claim-volume.ts";
import { createVolumeSnapshots } from "../../src/volumes/snapshots/csi-snapshots.ts";
import type { RunMark } from "../../src/volumes/owned-labels.ts";
import { findSnapshotKinds, type SnapshotKinds } from "../../src/volumes/snapshot-kinds.ts";
import type { SnapshotTools } from "../../src/volumes/snapshots/snapshot-tools.ts";
import type { VolumeSnapshots } from "../../src/volumes/snapshots/volume-snapshots.ts";
import { FakeClock } from "./fake-clock.ts";
import type { MemoryCluster } from "./memory-cluster.ts";
import { SnapshotCluster } from "./memory-snapshot-controller.ts";
import type { SnapshotScript } from "./memory-snapshot-objects.ts";

export const aMark: RunMark = { backup: "nightly", runId: "run-1", client: "host/1" };

/** A plan to snapshot the claim "namespace/name". */
export function aSnapshotPlan(path: string, className: string | undefined = "fast"): SnapshotPlan {
  const [namespace = "", claim = ""] = path.split("/");
  return {
    namespace,
    claim,
    claimUid: `uid-${claim}`,
    volume: `pv-${claim}`,
    volumeMode: "Filesystem",
    storageClass: "fast",
    accessModes: ["ReadWriteOnce"],
    requested: "1Gi",
    driver: "csi.example",
    reclaimPolicy: "Delete",
    volumeLabels: {},
    method: { kind: "snapshot", className },
  };
}

export type SnapshotBench = {
  readonly clock: FakeClock;
  readonly cluster: SnapshotCluster;
  readonly kinds: SnapshotKinds;
  readonly tools: SnapshotTools;
  readonly snapshots: VolumeSnapshots;
  readonly log: readonly { readonly level: LogLevel; readonly message: string }[];
};

export type BenchSettings = {
  readonly mark?: RunMark;
  readonly snapshotTimeoutMs?: number;
  /** Takes the place of one that does as the scripts say. */
  readonly cluster?: SnapshotCluster;
};

/** The snapshots of one run, over a cluster that does as the scripts say. */
export function snapshotBench(
  scripts: Record<string, SnapshotScript> = {},
  { mark = aMark, snapshotTimeoutMs = 600_000, cluster: given }: BenchSettings = {},
): SnapshotBench {
  const cluster = given ?? new SnapshotCluster(new FakeClock(), scripts);
  const { clock } = cluster;
  const log: { level: LogLevel; message: string; fields?: LogFields | undefined }[] = [];
  const tools = toolsOf(cluster, clock);
  const kinds = findSnapshotKinds(tools.findResource);
  if (kinds === undefined) throw new Error("the memory cluster has no snapshot API");
  const snapshots = createVolumeSnapshots({
    ...tools,
    log: { write: (level, message, fields) => void log.push({ level, message, fields }) },
    mark,
    snapshotTimeoutMs,
  });
  return { clock, cluster, kinds, tools, snapshots, log };
}

export function toolsOf(cluster: MemoryCluster, clock: FakeClock): SnapshotTools {
  return { cluster, clock, findResource: (name) => resourceIn(cluster, name) };
}

function resourceIn(
  cluster: MemoryCluster,
  name: string,
): ReturnType<SnapshotTools["findResource"]> {
  try {
    return cluster.resource(name);
  } catch {
    return undefined;
  }
}

/** Lets time pass until the promise is settled. */
export async function elapse<T>(clock: FakeClock, promise: Promise<T>, stepMs = 50): Promise<T> {
  const state = { isSettled: false };
  const settle = (): void => {
    state.isSettled = true;
  };
  promise.then(settle, settle);
  while (!state.isSettled) {
    await new Promise(setImmediate);
    if (!state.isSettled && clock.sleeping > 0) await clock.advance(stepMs);
  }
  return promise;
}

/** A signal that aborts once so much time has passed. */
export function abortsAfter(clock: FakeClock, ms: number, reason?: unknown): AbortSignal {
  const controller = new AbortController();
  void clock.sleep(ms).then(() => controller.abort(reason));
  return controller.signal;
}

export const never = new AbortController().signal;
