import type { KubernetesObject, ObjectName } from "../../src/cluster/cluster.ts";
import { object } from "./builders.ts";

/** What becomes of the snapshot of a claim, in milliseconds from its creation. */
export type SnapshotScript = {
  /** Until its content is made; Infinity where no controller runs. */
  readonly takenUpMs?: number;
  readonly cutMs?: number;
  readonly readyMs?: number;
  /** How much later the VolumeSnapshot says what its content says. */
  readonly lagMs?: number;
  /** By which a VolumeSnapshot says later than its content that it can be used. */
  readonly readyLagMs?: number;
  readonly error?: {
    readonly message?: string;
    readonly fromMs: number;
    readonly untilMs?: number;
  };
  /** What a hostile driver writes instead. */
  readonly status?: unknown;
  readonly contentStatus?: unknown;
  /** Of the class. */
  readonly policy?: "Delete" | "Retain";
  /** How long the storage takes to remove it. */
  readonly removalMs?: number;
  /** Whether its removal begins only once it is changed while it is being deleted, as with the csi-snapshotter 8.7. */
  readonly forgetful?: boolean;
};

export const scriptDefaults = {
  takenUpMs: 0,
  cutMs: 100,
  readyMs: 200,
  lagMs: 0,
  readyLagMs: 0,
  policy: "Delete",
  removalMs: 100,
} as const;

const API = "snapshot.storage.k8s.io/v1";

export function pathOf({ namespace, name }: ObjectName): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

type Spec = {
  readonly spec?: {
    readonly source?: { readonly persistentVolumeClaimName?: string };
    readonly deletionPolicy?: string;
    readonly volumeSnapshotClassName?: string;
  };
};

export function claimOf(snapshot: (KubernetesObject & Spec) | undefined): string {
  return snapshot?.spec?.source?.persistentVolumeClaimName ?? "";
}

export function policyOf(content: KubernetesObject & Spec): string | undefined {
  return content.spec?.deletionPolicy;
}

export function dying(target: KubernetesObject): KubernetesObject {
  return { ...target, metadata: { ...target.metadata, deletionTimestamp: "2026-01-02T03:04:05Z" } };
}

export function newContent(
  snapshot: KubernetesObject & Spec,
  { policy = scriptDefaults.policy }: SnapshotScript,
): KubernetesObject {
  const { namespace, name, uid } = snapshot.metadata;
  return object(API, "VolumeSnapshotContent", `snapcontent-${uid}`, {
    spec: {
      deletionPolicy: policy,
      driver: "csi.example",
      source: { volumeHandle: "handle-1" },
      volumeSnapshotClassName: snapshot.spec?.volumeSnapshotClassName ?? "fast",
      volumeSnapshotRef: { kind: "VolumeSnapshot", namespace, name, uid },
    },
  });
}

export function statusOf(
  script: SnapshotScript,
  elapsedMs: number,
  of: "snapshot" | "content",
  { metadata: { uid } }: KubernetesObject,
): unknown {
  const { cutMs, readyMs, readyLagMs, error } = { ...scriptDefaults, ...script };
  const saysReadyMs = of === "snapshot" ? readyMs + readyLagMs : readyMs;
  const isFailing =
    error !== undefined && elapsedMs >= error.fromMs && elapsedMs < (error.untilMs ?? Infinity);
  const isCut = elapsedMs >= cutMs && !isFailing;
  const ofSnapshot = { boundVolumeSnapshotContentName: `snapcontent-${uid}` };
  const cutAs =
    of === "snapshot"
      ? { creationTime: "2026-01-02T03:04:05Z", restoreSize: "1Gi" }
      : {
          creationTime: 1767323045123456000,
          restoreSize: 2 ** 30,
          snapshotHandle: `snapshot-${uid}`,
        };
  return {
    ...(of === "snapshot" && ofSnapshot),
    ...(isCut && cutAs),
    readyToUse: isCut && elapsedMs >= saysReadyMs,
    ...(isFailing && { error: { ...(error.message !== undefined && { message: error.message }) } }),
  };
}
