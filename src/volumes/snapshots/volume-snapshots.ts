import type { RawObject } from "../../cluster/cluster.ts";
import type { ErrorCode } from "../../lib/errors.ts";
import type { SnapshotPlan } from "../claim-volume.ts";

/** The snapshots of one run: cut while pods are frozen, settled afterwards, kept by a published backup or removed. */
export type VolumeSnapshots = {
  /**
   * Creates the snapshots of the plans side by side and waits until each is cut (`status.creationTime`), no longer:
   * pods are frozen meanwhile. Never throws; when the signal aborts, what is not cut yet has failed.
   * @returns one result for each plan, in the same order
   */
  cut(plans: readonly SnapshotPlan[], signal: AbortSignal): Promise<readonly SnapshotCut[]>;
  /**
   * Waits until a snapshot that was cut can be used (`status.readyToUse`), sets its content to Retain, and reads what the archive needs.
   * What has failed, here or at the cut, is removed from the cluster. Never throws, except:
   * @throws ArkError Cancelled
   */
  settle(cut: SnapshotCut, signal: AbortSignal): Promise<SettledSnapshot>;
  /**
   * Marks all that were settled as belonging to a backup that is about to be published: no later run takes them for leftovers.
   * @throws ArkError when one cannot be marked: the backup must not be published then
   */
  keep(signal: AbortSignal): Promise<void>;
  /**
   * Removes every snapshot that this run has made, also on the storage. Listens to no signal, is bounded in time, never throws.
   * @returns what is left, "namespace/name: why"
   */
  discard(): Promise<readonly string[]>;
};

type Attempt = {
  readonly plan: SnapshotPlan;
  /** Of the VolumeSnapshot; undefined when none was created. */
  readonly name: string | undefined;
  /** Name of the VolumeGroupSnapshot that cut it; absent when it was cut by itself. */
  readonly group?: string | undefined;
  readonly requestedAt: Date;
};

export type SnapshotCut = Attempt &
  (
    | {
        readonly kind: "cut";
        readonly name: string;
        /** When this client saw that it was cut. */
        readonly cutAt: Date;
        /** status.creationTime, by the storage's clock, as it is written. */
        readonly creationTime: string;
      }
    | SnapshotFailure
  );

export type SnapshotFailure = {
  readonly kind: "failed";
  readonly failedAt: Date;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly code?: ErrorCode | undefined;
};

export type SettledSnapshot =
  | {
      readonly kind: "ready";
      readonly cut: Extract<SnapshotCut, { kind: "cut" }>;
      readonly ready: ReadySnapshot;
    }
  | { readonly kind: "failed"; readonly cut: SnapshotCut; readonly failure: SnapshotFailure };

export type ReadySnapshot = {
  readonly readyAt: Date;
  /** status.restoreSize in bytes; undefined when the driver does not say. */
  readonly restoreSizeBytes: number | undefined;
  /** undefined where the content cannot be read (rights in one namespace only). */
  readonly content: SnapshotContent | undefined;
  /** VolumeSnapshot, its content and its class (as far as they can be read), for the archive, byte for byte. */
  readonly objects: readonly { readonly groupResource: string; readonly raw: RawObject }[];
  /** What the user should know: a content that could not be set to Retain, say. */
  readonly warning?: { readonly message: string; readonly hint?: string | undefined } | undefined;
};

export type SnapshotContent = {
  readonly name: string;
  readonly uid: string;
  readonly driver: string;
  readonly handle: string;
  /** As it was before it was set to Retain. */
  readonly deletionPolicy: string;
};
