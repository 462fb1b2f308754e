import type { Cluster } from "../../cluster/cluster.ts";
import { throwIfAborted } from "../../lib/errors.ts";

/** From here on the API server wants "create" on pods/exec for a WebSocket too; until then "get" was enough. */
const FIRST_MINOR = 35;

/** @returns true also when the version cannot be told @throws ArkError Cancelled */
export async function isNeededToExec(
  cluster: Pick<Cluster, "serverVersion">,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const version = await cluster.serverVersion(signal);
    const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
    return Number(major ?? 1) > 1 || Number(minor ?? FIRST_MINOR) >= FIRST_MINOR;
  } catch {
    throwIfAborted(signal);
    return true;
  }
}
