import type { KubernetesObject } from "../../cluster/cluster.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import type { HelperObjects } from "./helper-objects.ts";
import { fieldsAt, textIn } from "../object-fields.ts";
import type { CopyTools } from "./volume-copies.ts";

/** A busy namespace can have thousands of events; the claim's are soon among them or not worth the wait. */
const MAX_PAGES = 10;

/** Why the helper's claim has no volume, in the last words of its provisioner; undefined when that cannot be found out. */
export async function claimTrouble(
  { namespace, name }: Pick<HelperObjects, "namespace" | "name">,
  { cluster, findResource }: Pick<CopyTools, "cluster" | "findResource">,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [claims, events] = [findResource("persistentvolumeclaims"), findResource("events")];
  try {
    if (claims === undefined || events === undefined) return undefined;
    const claim = parseRawObject(await cluster.get(claims, { namespace, name }, signal));
    if (textIn(fieldsAt(claim, "status"), "phase") === "Bound") return undefined;
    let last: string | undefined;
    let pages = 0;
    for await (const { items } of cluster.list(events, { namespace }, signal)) {
      last = items.map((item) => warningOf(parseRawObject(item), name)).findLast(Boolean) ?? last;
      pages += 1;
      if (pages === MAX_PAGES) break;
    }
    return last;
  } catch {
    // Only an explanation is lost.
    return undefined;
  }
}

function warningOf(event: KubernetesObject, claim: string): string | undefined {
  const object = fieldsAt(event, "involvedObject");
  const isOurs =
    textIn(object, "kind") === "PersistentVolumeClaim" && textIn(object, "name") === claim;
  return isOurs && textIn(event, "type") === "Warning" ? textIn(event, "message") : undefined;
}
