import type { ArchiveWriter } from "../../archive/archive-writer.ts";
import { objectPath, preferredVersionPath } from "../../archive/layout.ts";
import type { ResourceList } from "../../archive/resource-list.ts";
import { groupResourceOf } from "../../cluster/group-resource.ts";
import type { ApiResource, RawObject } from "../../cluster/cluster.ts";
import { hasCode } from "../../lib/errors.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { fieldsAt, textIn } from "../../volumes/object-fields.ts";
import { RUN_LABEL } from "../../volumes/owned-labels.ts";
import type { RunReport } from "../observed.ts";
import { findingFrom, type SkipReason } from "../backup-report.ts";

export type StoreResult = "stored" | "seen" | "skipped";

/** Where objects become entries of the archive: each once, and none that is going away. */
export type ItemSink = {
  /** Whether the object was stored (or skipped for good) already. */
  has(resource: ApiResource, namespace: string | undefined, name: string): boolean;
  /** Synchronous, because 100,000 objects pass through here; wait for `drained` after each page. */
  store(resource: ApiResource, raw: RawObject): StoreResult;
  /** Keeps an object out, whatever list it stands in: a pod whose pre hook failed. */
  leaveOut(resource: ApiResource, namespace: string | undefined, name: string): void;
  /** Takes `leaveOut` back: a claim is stored only when it is known what became of its snapshot. */
  release(resource: ApiResource, namespace: string | undefined, name: string): void;
  /** Keeps a snapshot of this backup, or a group of them, and its content out of the lists: not all are labelled yet. */
  leaveOutSnapshot(snapshot: { readonly namespace: string; readonly name: string }): void;
  /** Stores what this backup itself has made in the cluster, which the lists have passed over. */
  storeOwn(resource: ApiResource, raw: RawObject): void;
  drained(): Promise<void>;
  /** Objects stored so far, by group-resource. */
  readonly counts: ReadonlyMap<string, number>;
  total(): number;
};

export type ItemSinkOptions = {
  readonly archive: Pick<ArchiveWriter, "add" | "drained">;
  readonly resourceList: Pick<ResourceList, "add">;
  readonly report: Pick<RunReport, "skip" | "error">;
  readonly apiVersions: boolean;
};

export function createItemSink(options: ItemSinkOptions): ItemSink {
  const seen = new Map<string, Set<string>>();
  const counts = new Map<string, number>();
  const snapshots = new Set<string>();
  let total = 0;
  const seenOf = (groupResource: string): Set<string> => {
    const names = seen.get(groupResource) ?? new Set<string>();
    if (names.size === 0) seen.set(groupResource, names);
    return names;
  };
  return {
    counts,
    total: () => total,
    drained: () => options.archive.drained(),
    has: (resource, namespace, name) =>
      seenOf(groupResourceOf(resource)).has(keyOf(namespace, name)),
    leaveOut: (resource, namespace, name) =>
      void seenOf(groupResourceOf(resource)).add(keyOf(namespace, name)),
    release: (resource, namespace, name) =>
      void seenOf(groupResourceOf(resource)).delete(keyOf(namespace, name)),
    leaveOutSnapshot: ({ namespace, name }) => void snapshots.add(keyOf(namespace, name)),
    storeOwn: (resource, raw) => void write(resource, raw),
    store(resource, raw) {
      const names = seenOf(groupResourceOf(resource));
      const key = keyOf(raw.metadata.namespace, raw.metadata.name);
      if (names.has(key)) return "seen";
      names.add(key);
      const reason = isOfSnapshot(raw, snapshots) ? "made-by-a-backup" : skipReason(raw);
      if (reason) {
        options.report.skip(reason);
        return "skipped";
      }
      return write(resource, raw);
    },
  };

  function write(resource: ApiResource, raw: RawObject): StoreResult {
    const groupResource = groupResourceOf(resource);
    if (!writeItem(groupResource, resource, raw, options)) return "skipped";
    counts.set(groupResource, (counts.get(groupResource) ?? 0) + 1);
    total += 1;
    return "stored";
  }
}

function keyOf(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** @param snapshots "namespace/name" of each, and of the groups that they were cut in */
function isOfSnapshot(raw: RawObject, snapshots: ReadonlySet<string>): boolean {
  if (snapshots.size === 0) return false;
  const { namespace, name } = raw.metadata;
  if (raw.kind === "VolumeSnapshot") return snapshots.has(keyOf(namespace, name));
  const field = REFERENCES.get(raw.kind);
  if (field === undefined) return false;
  const owner = fieldsAt(parseRawObject(raw), "spec", field);
  return snapshots.has(keyOf(textIn(owner, "namespace"), textIn(owner, "name") ?? ""));
}

/** Where a content says whose it is. */
const REFERENCES: ReadonlyMap<string, string> = new Map([
  ["VolumeSnapshotContent", "volumeSnapshotRef"],
  ["VolumeGroupSnapshotContent", "volumeGroupSnapshotRef"],
]);

/**
 * Why an object is not backed up: it is being deleted (Velero since 0.9), it says that it wants no backup (Velero's
 * label), a backup has made it (a snapshot: it is stored with its own backup, by `storeOwn`), or Kubernetes itself writes it
 * into each namespace, where a restore would stumble over it.
 */
export function skipReason({ kind, metadata }: RawObject): SkipReason | undefined {
  if (kind === "ConfigMap" && metadata.name === "kube-root-ca.crt") {
    return "written-by-kubernetes";
  }
  if (metadata.deletionTimestamp !== undefined) return "terminating";
  if (metadata.labels?.[RUN_LABEL] !== undefined) return "made-by-a-backup";
  const label = metadata.labels?.["velero.io/exclude-from-backup"];
  return label === "true" ? "labelled-exclude-from-backup" : undefined;
}

/** @returns false for a name that no file can have, from an aggregated API: one failed item, not a failed backup */
function writeItem(
  groupResource: string,
  resource: ApiResource,
  raw: RawObject,
  options: ItemSinkOptions,
): boolean {
  try {
    writeEntries(groupResource, resource, raw, options);
    return true;
  } catch (error) {
    if (!hasCode(error, "RequestRejected")) throw error;
    const { namespace, name } = raw.metadata;
    options.report.error(findingFrom(error, { groupResource, namespace, name }));
    return false;
  }
}

function writeEntries(
  groupResource: string,
  resource: ApiResource,
  raw: RawObject,
  { archive, resourceList, apiVersions }: ItemSinkOptions,
): void {
  const { namespace, name } = raw.metadata;
  const place = { groupResource, namespace, name };
  archive.add(objectPath(place), raw.body);
  if (apiVersions) {
    archive.add(preferredVersionPath({ ...place, version: resource.version }), raw.body);
  }
  resourceList.add({ apiVersion: raw.apiVersion, kind: raw.kind, namespace, name });
}
