import type { BackupSpec } from "../api/backup-spec.ts";
import type { Consistency } from "./blocks/group-items.ts";

/** What one backup is asked to do, with every default settled. */
export type BackupRequest = {
  readonly name: string;
  readonly spec: BackupSpec;
  /** The spec as it was written, for `velero-backup.json`. */
  readonly originalSpec: Readonly<Record<string, unknown>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** null: run the hooks there are. true: also an error when no pod has any. false: run none. */
  readonly hooks: boolean | null;
  /** Whether pods are quiesced behind a guard: where possible, only so, or not at all. */
  readonly guard: "auto" | "require" | "off";
  /** How long a block may stay quiesced. */
  readonly maxFreezeMs: number;
  /** What is quiesced and cut at one point in time. */
  readonly consistency: Consistency;
  /** Name of the VolumeSnapshotClass for all claims; undefined: chosen for each. */
  readonly snapshotClass: string | undefined;
  /** How long a snapshot may take until it is cut, and then until it can be used. */
  readonly snapshotTimeoutMs: number;
  /** Whether the content of volumes is copied into the store. */
  readonly volumeData: boolean;
  /** The pod that reads a snapshot for that. */
  readonly helper: {
    readonly image: string;
    readonly pullPolicy: "Always" | "IfNotPresent" | "Never" | undefined;
  };
  /** How many blocks, and how many lists, are worked on at once. */
  readonly parallelism: number;
  /** Also store the second copies that Velero writes under `<version>-preferredversion/`. */
  readonly apiVersions: boolean;
  readonly toolVersion: string;
  /** Remarks made while the request was read, for the report. */
  readonly warnings: readonly string[];
};

export type VolumeSettings = Pick<
  BackupRequest,
  "consistency" | "snapshotClass" | "snapshotTimeoutMs" | "volumeData" | "helper"
>;

/** Without flags; the time as Velero's csiSnapshotTimeout, the image because it has GNU tar (docs/volume-data.md). */
export const defaultVolumeSettings: VolumeSettings = {
  consistency: "pod",
  snapshotClass: undefined,
  snapshotTimeoutMs: 600_000,
  volumeData: false,
  helper: { image: "debian:13-slim", pullPolicy: undefined },
};
