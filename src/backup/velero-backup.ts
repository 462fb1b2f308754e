import type { ClusterIdentity } from "../cluster/cluster.ts";
import type { BackupReport } from "./backup-report.ts";
import type { BackupRequest } from "./backup-request.ts";

/**
 * `velero-backup.json`: the Backup object that a Velero server syncs. Always velero.io/v1, whatever the document said:
 * Velero takes no other. `status.expiration` only when a TTL was asked for, since Velero deletes what has expired.
 */
export function toVeleroBackup(
  request: BackupRequest,
  report: BackupReport,
  identity: ClusterIdentity,
): Record<string, unknown> {
  return {
    apiVersion: "velero.io/v1",
    kind: "Backup",
    metadata: {
      name: request.name,
      labels: request.labels,
      annotations: {
        ...request.annotations,
        "kubectl-ark/version": request.toolVersion,
        "kubectl-ark/context": identity.context,
        "kubectl-ark/server": identity.server,
      },
      creationTimestamp: toTimestamp(report.startedAt),
    },
    spec: request.originalSpec,
    status: statusOf(request, report),
  };
}

function statusOf(request: BackupRequest, report: BackupReport): Record<string, unknown> {
  const { ttlMs } = request.spec;
  const attempted = report.hooks.filter(({ status }) => status !== "skipped");
  const failed = attempted.filter(({ status }) => status === "failed");
  return {
    version: 1,
    formatVersion: "1.1.0",
    phase: report.phase,
    startTimestamp: toTimestamp(report.startedAt),
    completionTimestamp: toTimestamp(report.completedAt),
    ...(ttlMs === null
      ? {}
      : { expiration: toTimestamp(new Date(report.startedAt.getTime() + ttlMs)) }),
    progress: { totalItems: report.itemCount, itemsBackedUp: report.itemCount },
    ...(report.errors.length > 0 ? { errors: report.errors.length } : {}),
    ...(report.warnings.length > 0 ? { warnings: report.warnings.length } : {}),
    hookStatus: { hooksAttempted: attempted.length, hooksFailed: failed.length },
  };
}

/** metav1.Time has whole seconds: "2026-11-24T05:30:56Z". */
function toTimestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
