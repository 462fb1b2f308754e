import type { VolumeRecord } from "../../api/backup-record.ts";
import type { Digest } from "../../archive/checksums.ts";
import type { RawObject } from "../../cluster/cluster.ts";
import type { VolumePlan } from "../../volumes/claim-volume.ts";
import type { VolumeCopies } from "../../volumes/copies/volume-copies.ts";
import type { SnapshotCut, VolumeSnapshots } from "../../volumes/snapshots/volume-snapshots.ts";
import type { WriteFile } from "../backup-output.ts";
import type { VeleroVolumeInfo } from "./velero-volume-info.ts";

/** A volume of a block, with its claim as it was listed. */
export type PlannedVolume = { readonly plan: VolumePlan; readonly claim: RawObject };

/** What became of a volume while its block was quiesced. */
export type CapturedVolume = {
  readonly volume: PlannedVolume;
  /** Absent when no snapshot was asked for. */
  readonly cut?: SnapshotCut | undefined;
  /** Absent when nothing was copied in the pod. */
  readonly copy?: CopiedVolume | undefined;
  /** Why nothing was captured, or why what was captured does not count. */
  readonly failure?: string | undefined;
};

/** A file of the backup with a volume's content, or why there is none. */
export type CopiedVolume =
  | {
      readonly kind: "copied";
      readonly data: NonNullable<VolumeRecord["data"]>;
      /** Files are missing that could not be read. */
      readonly isIncomplete: boolean;
    }
  | { readonly kind: "failed"; readonly reason: string; readonly hint?: string | undefined };

/** What one run does with volumes. */
export type RunVolumes = {
  readonly snapshots: VolumeSnapshots;
  /** Absent unless the data is to be stored (`--volume-data`). */
  readonly copies: VolumeCopies | undefined;
  /** "namespace/claim" to the name of a pod that mounts it. */
  readonly mountedBy: Map<string, string>;
  /** "namespace/claim" of those that are kept out of the archive until it is known what became of their snapshots. */
  readonly held: Set<string>;
  /** Filled block by block, settled when everything else is stored. */
  readonly captured: CapturedVolume[];
  /** Writes one of the backup's files. */
  readonly write: WriteFile;
  /** Of the files with volume data. */
  readonly files: Record<string, Digest>;
  /** For Velero's volumeinfo file. */
  readonly info: VeleroVolumeInfo[];
};
