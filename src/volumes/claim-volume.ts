/** A claim and what is known of its volume: as much as the caller may read. */
export type ClaimVolume = {
  readonly namespace: string;
  /** Name of the PersistentVolumeClaim. */
  readonly claim: string;
  readonly claimUid: string;
  /** Name of the PersistentVolume; "" while the claim is not bound. */
  readonly volume: string;
  readonly volumeMode: "Filesystem" | "Block";
  readonly storageClass: string | undefined;
  readonly accessModes: readonly string[];
  /** spec.resources.requests.storage as it is written: "32Mi". */
  readonly requested: string;
  /** The CSI driver; undefined for a volume of another kind, and where it cannot be read. */
  readonly driver: string | undefined;
  /** Of the PersistentVolume; undefined where it cannot be read. */
  readonly reclaimPolicy: string | undefined;
  readonly volumeLabels: Readonly<Record<string, string>>;
};

/** How the content of a claim's volume is captured. */
export type VolumePlan = ClaimVolume & { readonly method: CaptureMethod };

export type CaptureMethod =
  /** A CSI snapshot; without a class the snapshot controller takes the default one of the driver. */
  | {
      readonly kind: "snapshot";
      readonly className: string | undefined;
      /** Claims with the same group are cut by one VolumeGroupSnapshot. */
      readonly group?: SnapshotGroup | undefined;
    }
  /** Not by a snapshot; the reason is for the user: "hostPath volumes cannot be snapshotted". */
  | { readonly kind: "none"; readonly reason: string };

/** A VolumeGroupSnapshot to be: all claims of a namespace with the label are cut at one point in time by the driver. */
export type SnapshotGroup = {
  readonly className: string;
  readonly label: { readonly key: string; readonly value: string };
  /** Names of all its claims that are planned: only together are they cut as a group. */
  readonly claims: readonly string[];
};

export type SnapshotPlan = VolumePlan & {
  readonly method: Extract<CaptureMethod, { kind: "snapshot" }>;
};

export function isSnapshotPlan(plan: VolumePlan): plan is SnapshotPlan {
  return plan.method.kind === "snapshot";
}

/** "namespace/claim", the key of a claim in blocks and reports. */
export function claimKey({ namespace, claim }: Pick<ClaimVolume, "namespace" | "claim">): string {
  return `${namespace}/${claim}`;
}
