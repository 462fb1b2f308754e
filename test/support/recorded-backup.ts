import type { BackupRecord, VolumeRecord } from "../../src/api/backup-record.ts";
import { digestOf } from "../../src/archive/checksums.ts";
import type { BackupStore } from "../../src/store/backup-store.ts";
import { chunksOf } from "./bytes.ts";

export type RecordedBackup = {
  readonly name: string;
  readonly volumes?: readonly VolumeRecord[];
  readonly cluster?: Partial<BackupRecord["cluster"]>;
  /** Beside the metadata and the record, which lists their checksums. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
};

/** Publishes a backup with one block that holds the given volumes. */
export async function publishRecorded(store: BackupStore, backup: RecordedBackup): Promise<void> {
  const { name, files = {} } = backup;
  const metadata = {
    apiVersion: "velero.io/v1",
    kind: "Backup",
    metadata: { name },
    status: { phase: "Completed" },
  };
  const all = { ...files, "kubectl-ark.json": JSON.stringify(recordOf(backup)) };
  const writer = await store.create(name, new AbortController().signal);
  for (const [file, content] of Object.entries(all)) await writer.write(file, chunksOf(content));
  await writer.write("velero-backup.json", chunksOf(JSON.stringify(metadata)));
  await writer.publish();
}

function recordOf({ name, volumes = [], cluster, files = {} }: RecordedBackup): BackupRecord {
  const startTimestamp = "2026-01-02T03:04:05Z";
  const output = Object.entries(files).map(([file, bytes]) => [file, digestOf(bytes)] as const);
  return {
    apiVersion: "kubectl-ark/v1",
    kind: "BackupRecord",
    backup: name,
    tool: { name: "kubectl-ark", version: "0.0.0" },
    cluster: { context: "prod", server: "https://prod.example:6443", user: "admin", ...cluster },
    phase: "Completed",
    startTimestamp,
    completionTimestamp: startTimestamp,
    items: { total: 0, byResource: {}, skipped: {}, uncompressedBytes: 0 },
    errors: [],
    warnings: [],
    hooks: [],
    podVolumes: [],
    blocks: [
      {
        pods: ["shop/db-0"],
        claims: volumes.map(({ claim }) => claim),
        failedPods: [],
        guards: [],
        startTimestamp,
        durationSeconds: 1,
        volumes: [...volumes],
      },
    ],
    files: Object.fromEntries(output),
  };
}
