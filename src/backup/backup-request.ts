import type { BackupSpec } from "../api/backup-spec.ts";

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
  /** How many blocks, and how many lists, are worked on at once. */
  readonly parallelism: number;
  /** Also store the second copies that Velero writes under `<version>-preferredversion/`. */
  readonly apiVersions: boolean;
  readonly toolVersion: string;
  /** Remarks made while the request was read, for the report. */
  readonly warnings: readonly string[];
};
