import { createHash } from "node:crypto";

/** Labels and annotations of what kubectl-ark makes in a cluster: snapshots, and the helper pods and claims of copies. */
export const MANAGED_BY = { key: "app.kubernetes.io/managed-by", value: "kubectl-ark" } as const;
/** Velero's label, so that `velero backup delete` and expiry find the contents. Its value is `labelValue(name)`. */
export const BACKUP_LABEL = "velero.io/backup-name";
export const RUN_LABEL = "kubectl-ark/run";
/** "pending" until a backup is about to be published with it, "kept" afterwards. What is pending and whose client is gone is a leftover. */
export const STATE_LABEL = "kubectl-ark/state";
/** The backup's whole name, which a label may be too short for. */
export const BACKUP_ANNOTATION = "kubectl-ark/backup";
/** ClientProcess.self of the process that made it. */
export const CLIENT_ANNOTATION = "kubectl-ark/client";
/** On a VolumeSnapshotContent: its deletionPolicy before it was set to Retain. */
export const POLICY_ANNOTATION = "kubectl-ark/deletion-policy";

/** On a VolumeSnapshotContent under deletion: changed to make its controller look at it again. */
export const NUDGE_ANNOTATION = "kubectl-ark/nudge";

/** Which run makes an object. */
export type RunMark = {
  readonly backup: string;
  /** Unique, fit for a label. */
  readonly runId: string;
  /** ClientProcess.self */
  readonly client: string;
};

/** Metadata of an object that a run makes. Velero's own backups pass over it, and so do ours. */
export function ownedMetadata({ backup, runId, client }: RunMark): {
  labels: Record<string, string>;
  annotations: Record<string, string>;
} {
  return {
    labels: {
      [MANAGED_BY.key]: MANAGED_BY.value,
      [BACKUP_LABEL]: labelValue(backup),
      [RUN_LABEL]: runId,
      [STATE_LABEL]: "pending",
      "velero.io/exclude-from-backup": "true",
    },
    annotations: { [BACKUP_ANNOTATION]: backup, [CLIENT_ANNOTATION]: client },
  };
}

/** A name as a label's value, as Velero's label.GetValidName: whole up to 63 characters, else cut, with a hash. */
export function labelValue(name: string): string {
  if (name.length <= 63) return name;
  const hash = createHash("sha256").update(name).digest("hex");
  return `${name.slice(0, 57)}${hash.slice(0, 6)}`;
}

/** Velero's label on all that it restores: our labels may have come along from an archive, but the object is the user's. */
export const RESTORE_LABEL = "velero.io/restore-name";

/** Whether a run of kubectl-ark made the object for a backup of that name (of any, when none is given). */
export function isOurs(
  {
    metadata: { labels = {}, annotations = {} },
  }: {
    readonly metadata: {
      readonly labels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    };
  },
  backup?: string,
): boolean {
  if (labels[MANAGED_BY.key] !== MANAGED_BY.value || RESTORE_LABEL in labels) return false;
  return backup === undefined || annotations[BACKUP_ANNOTATION] === backup;
}
