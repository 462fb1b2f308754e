import * as z from "zod";
import { parseStoredJson } from "./stored-json.ts";

/** `kubectl-ark.json`: what Velero's files have no place for. Its own version, because other tools may read it. */
export const RECORD_API_VERSION = "kubectl-ark/v1";

const output = z.object({
  text: z.string(),
  totalBytes: z.number(),
  omittedBytes: z.number(),
});

const hook = z.object({
  namespace: z.string(),
  pod: z.string(),
  container: z.string(),
  name: z.string(),
  source: z.enum(["annotation", "spec"]),
  phase: z.enum(["pre", "post"]),
  command: z.array(z.string()),
  onError: z.enum(["Fail", "Continue"]),
  timeoutSeconds: z.number(),
  status: z.enum(["succeeded", "failed", "skipped"]),
  reason: z.string().optional(),
  message: z.string().optional(),
  exitCode: z.number().optional(),
  /** Whether the command may have run. */
  started: z.boolean(),
  /** What became of the process of a hook that was broken off. */
  remoteProcess: z.enum(["ended", "killed", "gone", "may still run"]).optional(),
  startTimestamp: z.string(),
  durationSeconds: z.number(),
  stdout: output,
  stderr: output,
});

const finding = z.object({
  message: z.string(),
  groupResource: z.string().optional(),
  namespace: z.string().optional(),
  name: z.string().optional(),
  hint: z.string().optional(),
});

/** A claim of a block and how the content of its volume was captured. */
const volume = z.object({
  /** "namespace/name" of the claim */
  claim: z.string(),
  /** Name of the PersistentVolume; absent while unbound. */
  volume: z.string().optional(),
  driver: z.string().optional(),
  storageClass: z.string().optional(),
  result: z.enum(["captured", "failed", "skipped"]),
  /** Why it was skipped or has failed. */
  reason: z.string().optional(),
  snapshot: z
    .object({
      name: z.string(),
      className: z.string().optional(),
      contentName: z.string().optional(),
      contentUid: z.string().optional(),
      /** The storage's own name of the snapshot. */
      handle: z.string().optional(),
      /** Of the content, before it was set to Retain. */
      deletionPolicy: z.string().optional(),
      restoreSizeBytes: z.number().optional(),
      requestTimestamp: z.string(),
      /** When it was cut, by this client's clock. */
      cutTimestamp: z.string().optional(),
      /** The same by the storage's clock. */
      creationTime: z.string().optional(),
      readyTimestamp: z.string().optional(),
    })
    .optional(),
  data: z
    .object({
      /** The backup's file with the content: tar compressed with zstd. */
      file: z.string(),
      /** Read from a claim made from the snapshot, or in the pod itself. */
      source: z.enum(["snapshot", "pod"]),
      sizeBytes: z.number(),
      uncompressedBytes: z.number(),
      startTimestamp: z.string(),
      endTimestamp: z.string(),
      warnings: z.array(z.string()).default([]),
    })
    .optional(),
});

const block = z.object({
  pods: z.array(z.string()),
  claims: z.array(z.string()),
  failedPods: z.array(z.string()),
  guards: z
    .array(
      z.object({
        pod: z.string(),
        container: z.string(),
        state: z.string(),
        reason: z.string().optional(),
      }),
    )
    .default([]),
  startTimestamp: z.string(),
  durationSeconds: z.number(),
  quiescedSeconds: z.number().optional(),
  /** When the first pre hook was begun; absent where none was. */
  freezeTimestamp: z.string().optional(),
  /** When every pod was quiesced; absent when that was never reached. */
  quiescedTimestamp: z.string().optional(),
  /** When the last post hook had ended. */
  thawTimestamp: z.string().optional(),
  volumes: z.array(volume).default([]),
});

/** A volume of a pod that is no claim: nothing of it is captured. */
const podVolume = z.object({
  /** "namespace/name" */
  pod: z.string(),
  /** As the pod calls it. */
  name: z.string(),
  /** "hostPath", "nfs", "emptyDir", … */
  type: z.string(),
  reason: z.string(),
});

const file = z.object({ sha256: z.string(), sizeBytes: z.number() });

const backupRecord = z.object({
  apiVersion: z.literal(RECORD_API_VERSION),
  kind: z.literal("BackupRecord"),
  backup: z.string(),
  tool: z.object({ name: z.string(), version: z.string() }),
  cluster: z.object({ context: z.string(), server: z.string(), user: z.string() }),
  phase: z.enum(["Completed", "PartiallyFailed", "Failed"]),
  startTimestamp: z.string(),
  completionTimestamp: z.string(),
  items: z.object({
    total: z.number(),
    byResource: z.record(z.string(), z.number()),
    skipped: z.record(z.string(), z.number()),
    uncompressedBytes: z.number(),
  }),
  errors: z.array(finding),
  warnings: z.array(finding),
  hooks: z.array(hook),
  blocks: z.array(block),
  podVolumes: z.array(podVolume).default([]),
  /** Of every other file of the backup. */
  files: z.record(z.string(), file),
});

export type BackupRecord = z.infer<typeof backupRecord>;
export type HookRecord = z.infer<typeof hook>;
export type BlockRecord = z.infer<typeof block>;
export type PodVolumeRecord = z.infer<typeof podVolume>;
export type VolumeRecord = z.infer<typeof volume>;
export type FindingRecord = z.infer<typeof finding>;

/**
 * Reads `kubectl-ark.json`; fields that it does not know are passed over.
 * @throws ArkError ArchiveCorrupt with the path of what is wrong
 */
export function parseBackupRecord(text: string): BackupRecord {
  return parseStoredJson(backupRecord, text, "kubectl-ark.json");
}
