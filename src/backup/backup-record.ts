import {
  RECORD_API_VERSION,
  type BackupRecord,
  type BlockRecord,
  type HookRecord,
  type VolumeRecord,
} from "../api/backup-record.ts";
import type { ClusterIdentity } from "../cluster/cluster.ts";
import type { HookOutcome } from "../hooks/hook.ts";
import type { BackupReport, BlockReport, Finding } from "./backup-report.ts";

export type RecordFacts = {
  readonly report: BackupReport;
  readonly identity: ClusterIdentity;
  readonly toolVersion: string;
};

/** A report as `kubectl-ark.json` keeps it: times in RFC 3339, durations in seconds. */
export function toBackupRecord({ report, identity, toolVersion }: RecordFacts): BackupRecord {
  const { context, server, user } = identity;
  return {
    apiVersion: RECORD_API_VERSION,
    kind: "BackupRecord",
    backup: report.name,
    tool: { name: "kubectl-ark", version: toolVersion },
    cluster: { context, server, user },
    phase: report.phase,
    startTimestamp: report.startedAt.toISOString(),
    completionTimestamp: report.completedAt.toISOString(),
    items: {
      total: report.itemCount,
      byResource: { ...report.itemCounts },
      skipped: { ...report.skipped },
      uncompressedBytes: report.uncompressedBytes,
    },
    errors: report.errors.map(toFindingRecord),
    warnings: report.warnings.map(toFindingRecord),
    hooks: report.hooks.map(toHookRecord),
    blocks: toBlockRecords(report),
    podVolumes: [...report.podVolumes],
    files: { ...report.files },
  };
}

function toFindingRecord({ message, groupResource, namespace, name, hint }: Finding) {
  return { message, groupResource, namespace, name, hint };
}

function toHookRecord(outcome: HookOutcome): HookRecord {
  const { hook, startedAt, durationMs, ...rest } = outcome;
  return {
    ...rest,
    name: hook.name,
    source: hook.source,
    phase: hook.phase,
    command: [...hook.command],
    onError: hook.onError,
    timeoutSeconds: hook.timeoutMs / 1000,
    startTimestamp: startedAt.toISOString(),
    durationSeconds: toSeconds(durationMs),
  };
}

function toBlockRecords({ blocks, volumes }: BackupReport): BlockRecord[] {
  const byClaim = new Map(volumes.map((volume) => [volume.claim, volume]));
  return blocks.map((block) => toBlockRecord(block, byClaim));
}

function toBlockRecord(
  block: BlockReport,
  volumes: ReadonlyMap<string, VolumeRecord>,
): BlockRecord {
  const { durationMs, quiescedMs, freezeAt, quiescedAt, thawAt } = block;
  return {
    pods: [...block.pods],
    claims: [...block.claims],
    failedPods: [...block.failedPods],
    guards: [...block.guards],
    startTimestamp: block.startedAt.toISOString(),
    durationSeconds: toSeconds(durationMs),
    quiescedSeconds: quiescedMs === undefined ? undefined : toSeconds(quiescedMs),
    freezeTimestamp: freezeAt?.toISOString(),
    quiescedTimestamp: quiescedAt?.toISOString(),
    thawTimestamp: thawAt?.toISOString(),
    volumes: block.claims.flatMap((claim) => volumes.get(claim) ?? []),
  };
}

const toSeconds = (milliseconds: number): number => Math.round(milliseconds) / 1000;
