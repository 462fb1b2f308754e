import type { RawObject } from "../cluster/cluster.ts";
import { parseRawObject } from "../cluster/raw-object.ts";
import type { ClaimVolume } from "./claim-volume.ts";
import { fieldsAt, textIn, textsIn } from "./object-fields.ts";
import type { VolumeReading } from "./read-volumes.ts";

export type Claim = Omit<ClaimVolume, "driver" | "reclaimPolicy" | "volumeLabels"> & {
  readonly phase: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** What Kubernetes notes on the claim: the provisioner that has made the volume. */
  readonly provisioner: string | undefined;
};

const PROVISIONER_ANNOTATIONS = [
  "volume.kubernetes.io/storage-provisioner",
  "volume.beta.kubernetes.io/storage-provisioner",
];

/** Reads a PersistentVolumeClaim; what is missing or of another type counts as not said. */
export function readClaim(raw: RawObject): Claim {
  const object = parseRawObject(raw);
  const spec = fieldsAt(object, "spec");
  const { namespace = "", name, uid = "", labels = {}, annotations = {} } = raw.metadata;
  return {
    namespace,
    claim: name,
    claimUid: uid,
    volume: textIn(spec, "volumeName") ?? "",
    volumeMode: spec["volumeMode"] === "Block" ? "Block" : "Filesystem",
    storageClass: textIn(spec, "storageClassName"),
    accessModes: textsIn(spec, "accessModes"),
    requested: textIn(fieldsAt(spec, "resources", "requests"), "storage") ?? "",
    phase: textIn(fieldsAt(object, "status"), "phase") ?? "",
    labels,
    annotations,
    provisioner: PROVISIONER_ANNOTATIONS.map((key) => textIn(annotations, key)).find(Boolean),
  };
}

/** A claim together with what could be read of its volume. */
export function toClaimVolume(claim: Claim, reading: VolumeReading | undefined): ClaimVolume {
  const { phase: _phase, labels: _labels, annotations: _annotations, provisioner, ...rest } = claim;
  const facts = reading?.kind === "read" ? reading.facts : undefined;
  return {
    ...rest,
    driver: facts === undefined ? provisioner : facts.driver,
    reclaimPolicy: facts?.reclaimPolicy,
    volumeLabels: facts?.labels ?? {},
  };
}

/**
 * Why no snapshot can be taken of the claim's volume, whatever classes there are; undefined when nothing speaks against it.
 * @param reading undefined for a claim that names no volume
 */
export function unfitReason(claim: Claim, reading: VolumeReading | undefined): string | undefined {
  if (claim.phase === "Lost") return `the claim is Lost: its volume ${claim.volume} is gone`;
  if (claim.volume === "" || claim.phase === "Pending") return "the claim is not bound to a volume";
  if (reading?.kind === "missing") return `its volume ${claim.volume} does not exist`;
  if (reading?.kind !== "read") return unfitProvisioner(claim);
  const { type, driver, claim: owner } = reading.facts;
  if (!isBoundTo(claim, owner)) {
    return owner.name === ""
      ? `its volume ${claim.volume} is bound to no claim`
      : `its volume ${claim.volume} is bound to another claim: ${owner.namespace}/${owner.name}`;
  }
  if (driver !== undefined) return undefined;
  const named =
    type === "csi" || type === "unknown" ? "volumes without a CSI driver" : `${type} volumes`;
  return `${named} cannot be snapshotted: only those of CSI drivers can`;
}

function isBoundTo(
  { namespace, claim, claimUid }: Claim,
  owner: { readonly namespace: string; readonly name: string; readonly uid: string | undefined },
): boolean {
  const isSameUid = owner.uid === undefined || claimUid === "" || owner.uid === claimUid;
  return owner.namespace === namespace && owner.name === claim && isSameUid;
}

/** Where the volume cannot be read, all that is known of it is who made it. */
function unfitProvisioner({ provisioner, volume }: Claim): string | undefined {
  if (provisioner === undefined) {
    return `its volume ${volume} cannot be read, and the claim does not say which driver it is of`;
  }
  return provisioner.startsWith("kubernetes.io/")
    ? `volumes of ${provisioner} cannot be snapshotted: only those of CSI drivers can`
    : undefined;
}
