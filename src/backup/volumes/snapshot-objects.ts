import type { KubernetesObject, RawObject } from "../../cluster/cluster.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { RUN_LABEL, STATE_LABEL } from "../../volumes/owned-labels.ts";
import { quantityBytes } from "../../volumes/quantity-bytes.ts";
import type { ReadySnapshot } from "../../volumes/snapshots/volume-snapshots.ts";
import type { BackupRun } from "../backup-run.ts";

/** By this annotation of a claim Velero's restore finds the VolumeSnapshot. */
const SNAPSHOT_ANNOTATION = "velero.io/volume-snapshot-name";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Stores VolumeSnapshot, content and class: what a restore by CSI reads. */
export function storeSnapshotObjects(ready: ReadySnapshot, run: BackupRun): void {
  for (const { groupResource, raw } of ready.objects) {
    const resource = run.plan.names.find(groupResource);
    if (!resource) continue;
    // Of the snapshot's class there is one for many, and a list may have brought it.
    if (raw.metadata.labels?.[RUN_LABEL] === undefined) run.sink.store(resource, raw);
    else run.sink.storeOwn(resource, asKept(raw));
  }
}

/**
 * The object as it will be in a published backup: kept. A restore makes copies with these labels, which no later run may
 * take for leftovers. Replaced in the text, because a content's creationTime has more digits than JavaScript's numbers.
 */
export function asKept(raw: RawObject): RawObject {
  const labels = raw.metadata.labels;
  if (labels?.[STATE_LABEL] !== "pending") return raw;
  // Inside a string its quotes would be escaped: this can only be the label itself.
  const text = decoder
    .decode(raw.body)
    .replaceAll(`"${STATE_LABEL}":"pending"`, `"${STATE_LABEL}":"kept"`);
  const metadata = { ...raw.metadata, labels: { ...labels, [STATE_LABEL]: "kept" } };
  return { ...raw, metadata, body: encoder.encode(text) };
}

type Claim = KubernetesObject & {
  readonly spec?: {
    readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
  };
};

/**
 * The claim as a restore needs it: with the annotation that names its snapshot, and asking for no less than the snapshot
 * takes, as Velero stores it (drivers refuse a smaller volume). Nothing else of it changes.
 */
export function withSnapshot(
  claim: RawObject,
  {
    name,
    restoreSizeBytes = 0,
  }: Pick<ReadySnapshot, "restoreSizeBytes"> & { readonly name: string },
): RawObject {
  const object = parseRawObject<Claim>(claim);
  const annotations = { ...object.metadata.annotations, [SNAPSHOT_ANNOTATION]: name };
  const requests = object.spec?.resources?.requests;
  const isLess = restoreSizeBytes > (quantityBytes(requests?.["storage"] ?? "0") ?? 0);
  const resources = {
    ...object.spec?.resources,
    requests: { ...requests, storage: String(restoreSizeBytes) },
  };
  const stored = {
    ...object,
    metadata: { ...object.metadata, annotations },
    ...(isLess && { spec: { ...object.spec, resources } }),
  };
  const metadata = { ...claim.metadata, annotations };
  return { ...claim, metadata, body: encoder.encode(JSON.stringify(stored)) };
}
