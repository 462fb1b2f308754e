import type { VolumeRecord } from "../../src/api/backup-record.ts";
import { ownedMetadata, POLICY_ANNOTATION, STATE_LABEL } from "../../src/volumes/owned-labels.ts";
import { object } from "./builders.ts";

export type SnapshotParts = {
  readonly backup: string;
  /** "namespace/name" of the VolumeSnapshot */
  readonly path: string;
  readonly state?: "pending" | "kept";
  /** ClientProcess.self of its maker */
  readonly client?: string;
};

const API = "snapshot.storage.k8s.io/v1";

/** A VolumeSnapshot and its content as a backup leaves them: marked, and kept when the namespace goes. */
export function snapshotObjects({ backup, path, state = "kept", client = "{}" }: SnapshotParts) {
  const { labels, annotations } = ownedMetadata({ backup, runId: "run", client });
  const marks = { labels: { ...labels, [STATE_LABEL]: state }, annotations };
  const [namespace, name] = path.split("/");
  const [uid, contentName] = [`uid-${name}`, contentNameOf(path)];
  const snapshot = object(API, "VolumeSnapshot", path, {
    metadata: { uid, ...marks, creationTimestamp: new Date().toISOString() },
    status: { boundVolumeSnapshotContentName: contentName, readyToUse: true },
  });
  const content = object(API, "VolumeSnapshotContent", contentName, {
    metadata: {
      uid: contentUidOf(path),
      labels: marks.labels,
      annotations: { ...annotations, [POLICY_ANNOTATION]: "Delete" },
    },
    spec: {
      deletionPolicy: "Retain",
      driver: "test.csi",
      source: { volumeHandle: "volume-1" },
      volumeSnapshotRef: { namespace, name, uid },
    },
    status: { snapshotHandle: `handle-${name}`, readyToUse: true },
  });
  return { snapshot, content };
}

/** The same in the backup's record. */
export function snapshotRecord(claim: string, path: string): VolumeRecord {
  const name = path.split("/")[1] ?? "";
  return {
    claim,
    result: "captured",
    snapshot: {
      name,
      contentName: contentNameOf(path),
      contentUid: contentUidOf(path),
      handle: `handle-${name}`,
      deletionPolicy: "Delete",
      requestTimestamp: "2026-01-02T03:04:05Z",
      readyTimestamp: "2026-01-02T03:04:06Z",
    },
  };
}

const contentNameOf = (path: string): string => `content-${path.split("/")[1]}`;
const contentUidOf = (path: string): string => `uid-content-${path.split("/")[1]}`;
