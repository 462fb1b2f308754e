import type { ApiResource, Cluster, KubernetesObject } from "../../cluster/cluster.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import type { VolumePlan } from "../claim-volume.ts";
import { helperName } from "./helper-names.ts";
import type { HelperObjects } from "./helper-objects.ts";
import { type HelperRemoval, removeHelper } from "./helper-removal.ts";
import type { RunMark } from "../owned-labels.ts";
import { copyFromPod } from "./pod-copy.ts";
import { copyByHelper } from "./snapshot-copy.ts";

/** Copies of what volumes hold: a tar archive of each, compressed with zstd on the way to the store. */
export type VolumeCopies = {
  /**
   * Copies from a snapshot that can be used: a claim is made from it, and a helper pod reads that claim. Both are
   * removed again, whatever happens and also when the signal aborts. Nothing is frozen meanwhile. Never throws.
   */
  copyFromSnapshot(request: SnapshotCopyRequest, signal: AbortSignal): Promise<CopyOutcome>;
  /**
   * Copies by `tar` in a running container of a pod that mounts the claim: for volumes that cannot be snapshotted. A
   * frozen pod stays frozen until this resolves. Never throws.
   */
  copyFromPod(request: PodCopyRequest, signal: AbortSignal): Promise<CopyOutcome>;
  /**
   * Removes every helper pod and claim of this run that is still there. Listens to no signal, is bounded in time, never throws.
   * @returns what is left, "pods namespace/name: why"
   */
  discard(): Promise<readonly string[]>;
};

/**
 * Stores the compressed archive. The content is to be read to its end; it throws when it must not be kept: the copy was
 * interrupted or cut off. `write` must reject then, and leave nothing behind.
 */
export type WriteContent = (content: AsyncIterable<Uint8Array>) => Promise<unknown>;

export type SnapshotCopyRequest = {
  readonly plan: VolumePlan;
  /** Of the VolumeSnapshot, in the claim's namespace. */
  readonly snapshotName: string;
  /** status.restoreSize; undefined when the driver does not say. */
  readonly restoreSizeBytes: number | undefined;
  /** A pod that mounts the claim: the helper runs near it, and as its user where root is refused. */
  readonly pod?: KubernetesObject | undefined;
  readonly write: WriteContent;
};

export type PodCopyRequest = {
  readonly plan: VolumePlan;
  /** Parsed Pod that mounts the claim. */
  readonly pod: KubernetesObject;
  readonly write: WriteContent;
};

export type CopyOutcome =
  | {
      readonly kind: "copied";
      readonly startedAt: Date;
      readonly endedAt: Date;
      /** Of the tar archive. */
      readonly uncompressedBytes: number;
      /** Files that changed meanwhile, what this tar cannot keep, a volume that is left behind. */
      readonly warnings: readonly string[];
      /** Files are missing that could not be read; a warning lists them. */
      readonly isIncomplete: boolean;
    }
  | {
      /** skipped: this volume cannot be copied; failed: it could have been. Nothing is stored. */
      readonly kind: "failed" | "skipped";
      readonly reason: string;
      readonly hint?: string | undefined;
    };

export type HelperSettings = {
  /** Image with sh, sleep and tar, GNU's preferably. */
  readonly image: string;
  readonly pullPolicy?: "Always" | "IfNotPresent" | "Never" | undefined;
  /** How long a helper pod may take until it runs. */
  readonly timeoutMs: number;
};

export type CopyTools = {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Log;
  /** A served resource by "pods", "persistentvolumeclaims"; undefined when the server has none. */
  findResource(groupResource: string): ApiResource | undefined;
  readonly mark: RunMark;
  readonly helper: HelperSettings;
  /** @param claim "namespace/claim" @param bytes of the archive so far, uncompressed */
  readonly onProgress?: ((claim: string, bytes: number) => void) | undefined;
};

/** The copies of one run. */
export function createVolumeCopies(tools: CopyTools): VolumeCopies {
  const helpers = new Set<HelperObjects>();
  let attempts = 0;

  async function remove(helper: HelperObjects): Promise<HelperRemoval> {
    const removal = await removeHelper(helper, tools);
    if (removal.left.length === 0) helpers.delete(helper);
    return removal;
  }
  return {
    async copyFromSnapshot(request, signal) {
      const { plan } = request;
      if (plan.volumeMode === "Block") return blockVolume;
      if (signal.aborted) return { kind: "failed", reason: "interrupted" };
      attempts += 1;
      const name = helperName(plan, tools.mark, attempts);
      const helper = { namespace: plan.namespace, name };
      // Noted before it is made: a request that was cut off may have made it.
      helpers.add(helper);
      const outcome = await copyByHelper(helper, request, tools, signal);
      return withRemoval(outcome, await remove(helper), tools.log);
    },
    async copyFromPod(request, signal) {
      if (request.plan.volumeMode === "Block") return blockVolume;
      return copyFromPod(request, tools, signal);
    },
    async discard() {
      const removals = await Promise.all([...helpers].map(remove));
      return removals.flatMap(({ left }) => left);
    },
  };
}

const blockVolume: CopyOutcome = {
  kind: "skipped",
  reason: "it is a raw block device (volumeMode Block), which has no files to copy",
};

function withRemoval(outcome: CopyOutcome, removal: HelperRemoval, log: Log): CopyOutcome {
  const warnings = [
    ...removal.left.map((what) => `a helper of the copy is left: ${what}`),
    ...removal.warnings,
  ];
  if (outcome.kind === "copied")
    return { ...outcome, warnings: [...outcome.warnings, ...warnings] };
  for (const warning of warnings) log.write("warning", warning);
  return outcome;
}
