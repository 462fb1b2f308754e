import type { ApiResource, KubernetesObject, RawObject } from "../../cluster/cluster.ts";
import { groupResourceOf } from "../../cluster/group-resource.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { forEachParallel } from "../../lib/bounded-parallel.ts";
import { messageOf, throwIfAborted } from "../../lib/errors.ts";
import { isMadeFromVolume, readContentState } from "./content-state.ts";
import { VOLUME_GROUP_SNAPSHOTS } from "../groups/group-kinds.ts";
import { isOurs } from "../owned-labels.ts";
import { VOLUME_SNAPSHOT_CONTENTS, VOLUME_SNAPSHOTS } from "../snapshot-kinds.ts";
import type { SnapshotTools } from "./snapshot-tools.ts";

export type OwnedObject = { readonly groupResource: string; readonly raw: RawObject };

export type OwnedObjects = {
  readonly found: readonly OwnedObject[];
  /** Kinds and namespaces that could not be looked through, with the reason; a missing snapshot API is none. */
  readonly unsearched: readonly {
    readonly groupResource: string;
    /** undefined: all namespaces, or a cluster-scoped kind. */
    readonly namespace: string | undefined;
    readonly message: string;
  }[];
};

export type OwnedQuery = {
  /** undefined: all. */
  readonly namespaces: readonly string[] | undefined;
  readonly labelSelector: string;
};

/** In the order in which they are best removed: what uses another comes first. */
const KINDS = [
  "pods",
  "persistentvolumeclaims",
  VOLUME_GROUP_SNAPSHOTS,
  VOLUME_SNAPSHOTS,
  VOLUME_SNAPSHOT_CONTENTS,
];
const PARALLEL_LISTS = 8;

type Place = { readonly resource: ApiResource; readonly namespace: string | undefined };

/**
 * The objects that runs of kubectl-ark have made, of every kind that they make. What a restore has made of them is left
 * out, and so is a content whose VolumeSnapshot was found: it goes with it.
 * @throws ArkError Cancelled; what cannot be listed is a value
 */
export async function findOwned(
  query: OwnedQuery,
  tools: SnapshotTools,
  signal: AbortSignal,
): Promise<OwnedObjects> {
  const places = placesOf(query, tools);
  const found: OwnedObject[][] = places.map(() => []);
  const unsearched: OwnedObjects["unsearched"][number][] = [];
  await forEachParallel(
    places.entries(),
    PARALLEL_LISTS,
    async ([index, place]) => {
      const groupResource = groupResourceOf(place.resource);
      try {
        const raws = await listOwned(place, query, tools, signal);
        found[index] = raws.map((raw) => ({ groupResource, raw }));
      } catch (error) {
        throwIfAborted(signal);
        unsearched.push({ groupResource, namespace: place.namespace, message: messageOf(error) });
      }
    },
    signal,
  );
  return { found: withoutBoundContents(found.flat()), unsearched };
}

function placesOf({ namespaces }: OwnedQuery, { findResource }: SnapshotTools): readonly Place[] {
  return KINDS.map(findResource).flatMap((resource): Place[] => {
    if (resource === undefined) return [];
    if (!resource.namespaced || namespaces === undefined)
      return [{ resource, namespace: undefined }];
    return [...new Set(namespaces)].map((namespace) => ({ resource, namespace }));
  });
}

async function listOwned(
  { resource, namespace }: Place,
  { labelSelector, namespaces }: OwnedQuery,
  { cluster }: SnapshotTools,
  signal: AbortSignal,
): Promise<readonly RawObject[]> {
  const found: RawObject[] = [];
  for await (const { items } of cluster.list(resource, { namespace, labelSelector }, signal)) {
    found.push(...items.filter((raw) => isOurs(raw) && isMadeByRun(raw, resource)));
  }
  return resource.namespaced || namespaces === undefined
    ? found
    : found.filter((raw) => namespaces.includes(readContentState(raw).snapshot.namespace));
}

/** A restore's VolumeSnapshot or content may carry our labels, but points at a snapshot that was there before. */
function isMadeByRun(raw: RawObject, resource: ApiResource): boolean {
  const isSnapshot = [VOLUME_SNAPSHOTS, VOLUME_SNAPSHOT_CONTENTS].includes(
    groupResourceOf(resource),
  );
  const object: KubernetesObject | undefined = isSnapshot ? parseRawObject(raw) : undefined;
  return object === undefined || isMadeFromVolume(object);
}

function withoutBoundContents(found: readonly OwnedObject[]): readonly OwnedObject[] {
  const uids = new Set(found.map(({ raw }) => raw.metadata.uid));
  return found.filter(
    ({ groupResource, raw }) =>
      groupResource !== VOLUME_SNAPSHOT_CONTENTS || !uids.has(readContentState(raw).snapshot.uid),
  );
}
