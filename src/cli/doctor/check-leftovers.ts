import type { ApiResource, Cluster } from "../../cluster/cluster.ts";
import { findLeftovers, type Leftovers } from "../../volumes/snapshots/leftovers.ts";
import { plural } from "../print/quantities.ts";
import { ok, type Verdict, warn } from "./check.ts";
import type { DoctorTools } from "./doctor-tools.ts";

const NAMED = 5;

/** What backups that died have left in the cluster. @throws ArkError Cancelled */
export async function checkLeftovers(
  find: (groupResource: string) => ApiResource | undefined,
  { namespace, clock, clientProcess, cluster }: LeftoverCheck,
  signal: AbortSignal,
): Promise<Verdict> {
  const tools = { cluster, clock, clientProcess, findResource: find };
  const namespaces = namespace === undefined ? undefined : [namespace];
  return judgeLeftovers(await findLeftovers({ namespaces }, tools, signal));
}

type LeftoverCheck = Pick<DoctorTools, "namespace" | "clock" | "clientProcess"> & {
  readonly cluster: Cluster;
};

export function judgeLeftovers({ found, unsearched }: Leftovers): Verdict {
  const kinds = [...new Set(unsearched.map(({ groupResource }) => groupResource))];
  const hidden = kinds.length === 0 ? "" : `; not looked through: ${kinds.join(", ")}`;
  if (found.length === 0) return ok(`nothing of backups that died${hidden}`);
  const names = found.slice(0, NAMED).map(({ namespace, name, groupResource }) => {
    const kind = groupResource.split(".")[0] ?? groupResource;
    return `${kind} ${namespace === "" ? name : `${namespace}/${name}`}`;
  });
  const more = found.length > NAMED ? ", …" : "";
  const [first = ""] = found.map(({ backup }) => backup);
  return warn(
    `${plural(found.length, "object")} of backups that died: ${names.join(", ")}${more}${hidden}`,
    `The next backup removes them, and so does: kubectl ark backup delete ${first}`,
  );
}
