import { hasCode } from "../lib/errors.ts";
import type { ApiResource, Cluster, ObjectName, RawObject } from "./cluster.ts";

/** An object, or undefined where there is none. @throws ArkError as Cluster.get, but never NotFound */
export async function getIfPresent(
  cluster: Pick<Cluster, "get">,
  resource: ApiResource,
  target: ObjectName,
  signal: AbortSignal,
): Promise<RawObject | undefined> {
  try {
    return await cluster.get(resource, target, signal);
  } catch (error) {
    if (hasCode(error, "NotFound")) return undefined;
    throw error;
  }
}
