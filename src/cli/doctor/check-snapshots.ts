import type { ApiResource, Cluster } from "../../cluster/cluster.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { hasCode } from "../../lib/errors.ts";
import { chooseClass } from "../../volumes/choose-class.ts";
import { recordIn, textIn } from "../../volumes/object-fields.ts";
import {
  readSnapshotClasses,
  SNAPSHOT_CLASS_MARKS,
  type SnapshotClass,
} from "../../volumes/snapshot-classes.ts";
import { findSnapshotKinds, type SnapshotKinds } from "../../volumes/snapshot-kinds.ts";
import { joined, judged, ok, type Verdict, warn } from "./check.ts";

type Find = (groupResource: string) => ApiResource | undefined;

const DATA_HINT = "Copy the data instead: --volume-data.";

/**
 * Whether the storage of the cluster can be snapshotted: the kinds, a class for the driver of each storage class, and
 * signs of the controller, which has no address of its own. Never worse than a warning: a backup holds the objects.
 * @throws ArkError ClusterUnreachable, Timeout, Cancelled, …
 */
export async function checkSnapshots(
  find: Find,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Verdict> {
  const kinds = findSnapshotKinds(find);
  if (kinds === undefined) {
    return warn(
      "the cluster has no snapshot API: volumes are not captured",
      `Install the CSI snapshot CRDs and controller. ${DATA_HINT}`,
    );
  }
  const classes = await readSnapshotClasses(cluster, kinds.classes, SNAPSHOT_CLASS_MARKS, signal);
  if (classes === undefined) return ok("the classes may not be read; the server chooses");
  const storage = await readStorage(find("storageclasses.storage.k8s.io"), cluster, signal);
  const isAtWork = await showsController(kinds, cluster, signal);
  const facts = joined(
    describeClasses(classes),
    isAtWork ? "the controller has answered before" : "whether the controller runs cannot be seen",
  );
  const problems = storage?.flatMap((each) => problemOf(each, classes)) ?? [];
  const none = warn("there is no VolumeSnapshotClass", `Make one for the CSI driver. ${DATA_HINT}`);
  return classes.length === 0
    ? none
    : judged(facts, ...problems.map((problem) => warn(problem, CLASS_HINT)));
}

const CLASS_HINT = `Volumes of these are not captured without a class. ${DATA_HINT}`;

/** "loop.csi.test: loop (default), loop-slow" */
function describeClasses(classes: readonly SnapshotClass[]): string {
  return [...Map.groupBy(classes, ({ driver }) => driver)]
    .map(([driver, some]) => {
      const names = some.map(({ name, isDefault }) => (isDefault ? `${name} (default)` : name));
      return `${driver}: ${names.join(", ")}`;
    })
    .join("; ");
}

type StorageClass = { readonly name: string; readonly provisioner: string };

/** @returns undefined when they may not be read */
async function readStorage(
  resource: ApiResource | undefined,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<readonly StorageClass[] | undefined> {
  if (resource === undefined) return undefined;
  const found: StorageClass[] = [];
  try {
    for await (const { items } of cluster.list(resource, {}, signal)) {
      for (const raw of items) {
        const provisioner = textIn(parseRawObject(raw), "provisioner") ?? "";
        found.push({ name: raw.metadata.name, provisioner });
      }
    }
  } catch (error) {
    if (hasCode(error, "Forbidden")) return undefined;
    throw error;
  }
  return found;
}

function problemOf(
  { name, provisioner }: StorageClass,
  classes: readonly SnapshotClass[],
): string[] {
  const choice = chooseClass(classes, { driver: provisioner });
  return choice.kind === "none" ? [`storage class ${name}: ${choice.reason}`] : [];
}

/** A content whose status is filled in: only the controller and the driver's sidecar do that. */
async function showsController(
  { contents }: SnapshotKinds,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    // The first page will do.
    for await (const { items } of cluster.list(contents, {}, signal)) {
      return items.some((raw) => recordIn(parseRawObject(raw), "status") !== undefined);
    }
  } catch (error) {
    if (!hasCode(error, "Forbidden")) throw error;
  }
  return false;
}
