import { getIfPresent } from "../../cluster/get-if-present.ts";
import type { Cluster, ObjectName, RawObject } from "../../cluster/cluster.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { hasCode } from "../../lib/errors.ts";
import { groupContentName, type GroupKinds, isContentOf } from "./group-kinds.ts";
import { fieldsAt, textIn } from "../object-fields.ts";
import type { RemovalStep } from "../snapshots/run-removals.ts";

export type GroupTarget = ObjectName & { readonly isMeant: (raw: RawObject) => boolean };

/**
 * The steps that remove a VolumeGroupSnapshot with the storage's snapshots: its content is set to Delete, then it is
 * deleted and takes content and members along.
 */
export function groupRemoval(
  { namespace, name, isMeant }: GroupTarget,
  { cluster, groupKinds }: { readonly cluster: Cluster; readonly groupKinds: GroupKinds },
): RemovalStep {
  const known = { uid: "", contentName: "" };
  let hasFound = false;
  return async (signal) => {
    const found = await getIfPresent(cluster, groupKinds.groups, { namespace, name }, signal);
    const group = found !== undefined && isMeant(found) ? found : undefined;
    if (group !== undefined) {
      known.uid = group.metadata.uid ?? "";
      known.contentName = contentNameOf(group);
    }
    const content = await findContent(known, { cluster, groupKinds }, signal);
    if (group === undefined && content === undefined) {
      return { kind: hasFound ? "removed" : "gone" };
    }
    hasFound = true;
    if (content !== undefined) await setToDelete(content, { cluster, groupKinds }, signal);
    const [resource, next] =
      group === undefined ? [groupKinds.contents, content] : [groupKinds.groups, group];
    if (next !== undefined && next.metadata.deletionTimestamp === undefined) {
      const target = { namespace: next.metadata.namespace, name: next.metadata.name };
      await cluster.delete(resource, target, signal);
    }
    const message = `the deletion of ${next?.kind} ${next?.metadata.name} is under way, but has not ended yet`;
    return { kind: "waiting", message };
  };
}

function contentNameOf(group: RawObject): string {
  const status = fieldsAt(parseRawObject(group), "status");
  const bound = textIn(status, "boundVolumeGroupSnapshotContentName");
  return bound ?? groupContentName(group.metadata.uid ?? "");
}

/** One that cannot be read, or is another group's, counts as absent. */
async function findContent(
  { uid, contentName }: { readonly uid: string; readonly contentName: string },
  { cluster, groupKinds }: { readonly cluster: Cluster; readonly groupKinds: GroupKinds },
  signal: AbortSignal,
): Promise<RawObject | undefined> {
  if (contentName === "") return undefined;
  try {
    const content = await getIfPresent(cluster, groupKinds.contents, { name: contentName }, signal);
    return content !== undefined && isContentOf(content, uid) ? content : undefined;
  } catch (error) {
    if (hasCode(error, "Forbidden")) return undefined;
    throw error;
  }
}

async function setToDelete(
  content: RawObject,
  { cluster, groupKinds }: { readonly cluster: Cluster; readonly groupKinds: GroupKinds },
  signal: AbortSignal,
): Promise<void> {
  const { name } = content.metadata;
  const policy = textIn(fieldsAt(parseRawObject(content), "spec"), "deletionPolicy");
  if (policy === "Delete") return;
  const patch = { spec: { deletionPolicy: "Delete" } };
  const target = { name };
  await cluster.patch({ resource: groupKinds.contents, target, type: "merge", patch }, signal);
}
