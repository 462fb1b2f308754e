import type { ApiResource, Cluster, RawObject } from "../cluster/cluster.ts";
import { parseRawObject } from "../cluster/raw-object.ts";
import { forEachParallel } from "../lib/bounded-parallel.ts";
import { hasCode } from "../lib/errors.ts";
import { type Fields, fieldsAt, pairsIn, textIn } from "./object-fields.ts";

/** What a PersistentVolume says of itself. */
export type VolumeFacts = {
  /** The CSI driver; undefined for a volume of another kind. */
  readonly driver: string | undefined;
  /** "csi", "nfs", "hostPath", …; "unknown" for one that has no source of a known kind. */
  readonly type: string;
  readonly reclaimPolicy: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** The claim that it is bound to; names are "" and uid undefined where nothing is said. */
  readonly claim: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string | undefined;
  };
};

export type VolumeReading =
  | { readonly kind: "read"; readonly facts: VolumeFacts }
  | { readonly kind: "missing" }
  | { readonly kind: "forbidden" };

/** From here on one list is less work for everybody than many reads. */
const LIST_FROM = 21;
const PARALLEL_READS = 8;

/**
 * Reads PersistentVolumes: each by itself when they are few, one list when they are many.
 * @returns a reading for each name
 * @throws ArkError ClusterUnreachable, Timeout, ServerError, Cancelled, …; Forbidden and NotFound are readings
 */
export async function readVolumes(
  names: ReadonlySet<string>,
  { cluster, volumes }: { readonly cluster: Cluster; readonly volumes: ApiResource },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, VolumeReading>> {
  const readings = new Map<string, VolumeReading>();
  const isListed =
    names.size >= LIST_FROM && (await listVolumes(readings, { cluster, volumes, names }, signal));
  if (isListed) return readings;
  await forEachParallel(
    names,
    PARALLEL_READS,
    async (name) => void readings.set(name, await readVolume(name, { cluster, volumes }, signal)),
    signal,
  );
  return readings;
}

/** @returns false when the list is forbidden */
async function listVolumes(
  readings: Map<string, VolumeReading>,
  wanted: {
    readonly cluster: Cluster;
    readonly volumes: ApiResource;
    readonly names: ReadonlySet<string>;
  },
  signal: AbortSignal,
): Promise<boolean> {
  const { cluster, volumes, names } = wanted;
  try {
    for await (const { items } of cluster.list(volumes, {}, signal)) {
      for (const raw of items.filter(({ metadata }) => names.has(metadata.name))) {
        readings.set(raw.metadata.name, { kind: "read", facts: readFacts(raw) });
      }
    }
  } catch (error) {
    if (hasCode(error, "Forbidden")) return false;
    throw error;
  }
  for (const name of names) if (!readings.has(name)) readings.set(name, { kind: "missing" });
  return true;
}

async function readVolume(
  name: string,
  { cluster, volumes }: { readonly cluster: Cluster; readonly volumes: ApiResource },
  signal: AbortSignal,
): Promise<VolumeReading> {
  try {
    return { kind: "read", facts: readFacts(await cluster.get(volumes, { name }, signal)) };
  } catch (error) {
    if (hasCode(error, "NotFound")) return { kind: "missing" };
    if (hasCode(error, "Forbidden")) return { kind: "forbidden" };
    throw error;
  }
}

function readFacts(raw: RawObject): VolumeFacts {
  const object = parseRawObject(raw);
  const spec = fieldsAt(object, "spec");
  const claim = fieldsAt(spec, "claimRef");
  return {
    driver: textIn(fieldsAt(spec, "csi"), "driver"),
    type: typeOf(spec),
    reclaimPolicy: textIn(spec, "persistentVolumeReclaimPolicy"),
    labels: pairsIn(fieldsAt(object, "metadata"), "labels"),
    claim: {
      namespace: textIn(claim, "namespace") ?? "",
      name: textIn(claim, "name") ?? "",
      uid: textIn(claim, "uid"),
    },
  };
}

const TYPES = (
  "csi awsElasticBlockStore azureDisk azureFile cephfs cinder fc flexVolume flocker gcePersistentDisk glusterfs " +
  "hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume"
).split(" ");

function typeOf(spec: Fields): string {
  return TYPES.find((type) => Object.hasOwn(spec, type)) ?? "unknown";
}
