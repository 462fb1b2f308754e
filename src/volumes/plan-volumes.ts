import type { ApiResource, Cluster, RawObject } from "../cluster/cluster.ts";
import { ArkError } from "../lib/errors.ts";
import { quoted } from "../lib/quoted.ts";
import { didYouMean } from "../lib/suggest.ts";
import { chooseClass } from "./choose-class.ts";
import type { CaptureMethod, VolumePlan } from "./claim-volume.ts";
import { planGroups } from "./groups/plan-groups.ts";
import { type Claim, readClaim, toClaimVolume, unfitReason } from "./read-claim.ts";
import { readVolumes, type VolumeReading } from "./read-volumes.ts";
import {
  readSnapshotClasses,
  SNAPSHOT_CLASS_MARKS,
  type SnapshotClass,
} from "./snapshot-classes.ts";
import { findSnapshotKinds } from "./snapshot-kinds.ts";

export type PlanVolumesOptions = {
  /** Name of a VolumeSnapshotClass that is to be used for every claim. */
  readonly snapshotClass?: string | undefined;
  /** Of the Backup: `velero.io/csi-volumesnapshot-class_<driver>` names the class for a driver, as in Velero. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
};

export type PlanVolumesTools = {
  readonly cluster: Cluster;
  /** By its name in discovery; undefined when the cluster has no such kind. */
  readonly findResource: (groupResource: string) => ApiResource | undefined;
  /** What the user should know though it stops nothing. */
  readonly warn?:
    | ((warning: { readonly message: string; readonly hint?: string | undefined }) => void)
    | undefined;
};

/** On a claim: the name of its class. On a Backup, with "_" and a driver: the name of the class for that driver. */
const CLASS_ANNOTATION = "velero.io/csi-volumesnapshot-class";
const NO_API = "the cluster has no snapshot API (volumesnapshots.snapshot.storage.k8s.io)";

/**
 * How the volume of each claim is captured, in the order of the claims. Reads volumes and classes in few requests, all of
 * them before anything is frozen; what the caller may not read is passed over as far as that goes.
 * @param claims PersistentVolumeClaims
 * @throws ArkError InvalidDocument when there is no class of the name that was asked for; Cancelled, ClusterUnreachable, …
 */
export async function planVolumes(
  claims: readonly RawObject[],
  options: PlanVolumesOptions,
  tools: PlanVolumesTools,
  signal: AbortSignal,
): Promise<readonly VolumePlan[]> {
  if (claims.length === 0) return [];
  const wanted = claims.map(readClaim);
  const [readings, classes] = await Promise.all([
    readVolumesOf(wanted, tools, signal),
    readClasses(options, tools, signal),
  ]);
  const plans = wanted.map((claim): VolumePlan => {
    const reading = readings.get(claim.volume);
    const method = chooseMethod(claim, reading, { ...options, classes });
    return { ...toClaimVolume(claim, reading), method };
  });
  return planGroups(plans, wanted, { ...tools, annotations: options.annotations }, signal);
}

type Choices = PlanVolumesOptions & { readonly classes: Classes };

/** "no API", or undefined when classes must not be read. */
type Classes = readonly SnapshotClass[] | "no API" | undefined;

async function readVolumesOf(
  claims: readonly Claim[],
  { cluster, findResource }: PlanVolumesTools,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, VolumeReading>> {
  const volumes = findResource("persistentvolumes");
  const names = new Set(claims.map(({ volume }) => volume).filter((name) => name !== ""));
  return volumes === undefined ? new Map() : readVolumes(names, { cluster, volumes }, signal);
}

/** @throws ArkError InvalidDocument when the class that was asked for surely does not exist */
async function readClasses(
  { snapshotClass }: PlanVolumesOptions,
  { cluster, findResource }: PlanVolumesTools,
  signal: AbortSignal,
): Promise<Classes> {
  const kinds = findSnapshotKinds(findResource);
  const classes =
    kinds && (await readSnapshotClasses(cluster, kinds.classes, SNAPSHOT_CLASS_MARKS, signal));
  if (kinds !== undefined && classes === undefined) return undefined;
  const names = classes?.map(({ name }) => name) ?? [];
  if (snapshotClass !== undefined && !names.includes(snapshotClass)) {
    throw noSuchClass(snapshotClass, kinds && names);
  }
  return classes ?? "no API";
}

function noSuchClass(name: string, names: readonly string[] | undefined): ArkError {
  const text = `there is no VolumeSnapshotClass ${quoted(name)}`;
  if (names === undefined) return new ArkError("InvalidDocument", `${text}: ${NO_API}`);
  return new ArkError("InvalidDocument", `${text}${didYouMean(name, names)}`, {
    hint:
      names.length === 0
        ? "The cluster has none at all: `kubectl get volumesnapshotclasses`."
        : "See `kubectl get volumesnapshotclasses` for what there is.",
  });
}

function chooseMethod(
  claim: Claim,
  reading: VolumeReading | undefined,
  { classes, snapshotClass, annotations }: Choices,
): CaptureMethod {
  const { driver } = toClaimVolume(claim, reading);
  // Whoever names the class of a volume that cannot be read says thereby that it can be snapshotted.
  const isVouchedFor = snapshotClass !== undefined && driver === undefined && isUnread(reading);
  const reason = isVouchedFor && claim.volume !== "" ? undefined : unfitReason(claim, reading);
  if (reason !== undefined) return { kind: "none", reason };
  if (classes === "no API") return { kind: "none", reason: NO_API };
  const named = namedClass(claim, driver, { snapshotClass, annotations });
  const choice = chooseClass(classes, { driver, named });
  return choice.kind === "none" ? choice : { kind: "snapshot", className: choice.className };
}

function isUnread(reading: VolumeReading | undefined): boolean {
  return reading === undefined || reading.kind === "forbidden";
}

function namedClass(
  claim: Claim,
  driver: string | undefined,
  { snapshotClass, annotations = {} }: PlanVolumesOptions,
): { readonly name: string; readonly by: string } | undefined {
  if (snapshotClass !== undefined) return { name: snapshotClass, by: "--snapshot-class" };
  const ofClaim = claim.annotations[CLASS_ANNOTATION];
  if (ofClaim) return { name: ofClaim, by: `annotation ${CLASS_ANNOTATION} of the claim` };
  const key = `${CLASS_ANNOTATION}_${driver ?? ""}`;
  const ofBackup = annotations[key];
  return ofBackup ? { name: ofBackup, by: `annotation ${key} of the backup` } : undefined;
}
