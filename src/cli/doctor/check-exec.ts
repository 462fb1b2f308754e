import type { Cluster } from "../../cluster/cluster.ts";
import { isNeededToExec } from "../../backup/permissions/needed-to-exec.ts";
import { hasCode } from "../../lib/errors.ts";
import { fail, failOf, ok, type Verdict, warn } from "./check.ts";
import type { DoctorConnection } from "./doctor-tools.ts";

type Tools = Pick<DoctorConnection, "cluster" | "tryWebSocket">;

/** A name that no pod can have, and that needs no escaping in a path. */
const NO_POD = "kubectl-ark..doctor";

/**
 * Whether hooks could be run, without running anything: the permission is asked for, the API server must answer an exec
 * into a pod that cannot be there, and a WebSocket must open on the same way. What lies behind the API server (kubelet,
 * container runtime) is only proven with a pod: see `tryInPod`.
 * @param namespace undefined: all
 */
export async function checkExec(
  namespace: string | undefined,
  tools: Tools,
  signal: AbortSignal,
): Promise<Verdict> {
  const { cluster } = tools;
  const lacking = await lackingRights(namespace, cluster, signal);
  if (lacking.length > 0) {
    return warn(
      `no hooks can be run ${placeOf(namespace)}: the right to ${lacking.join(" and ")} pods/exec is missing`,
      "Ask for it (kubectl ark rbac), or back up without hooks: --hooks=false.",
    );
  }
  const place = namespace ?? cluster.identity.namespace;
  const asked = await askToExec(place, cluster, signal);
  if (asked !== undefined) return asked;
  const trial = await tools.tryWebSocket(place, signal);
  const untried = "to try it in a pod: --pod NAMESPACE/NAME";
  if (trial.kind === "closed") return blocked(trial.message);
  return trial.kind === "open"
    ? ok(`permitted, and WebSockets open (by a watch; nothing was executed; ${untried})`)
    : ok(`permitted; whether WebSockets open is not known (no right to watch pods; ${untried})`);
}

async function lackingRights(
  namespace: string | undefined,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const verbs = (await isNeededToExec(cluster, signal)) ? ["get", "create"] : ["get"];
  const answers = verbs.map(async (verb) => {
    const right = { verb, group: "", resource: "pods/exec", namespace };
    return (await cluster.reviewAccess(right, signal)) ? [] : [verb];
  });
  return (await Promise.all(answers)).flat();
}

/** @returns undefined when the API server says that there is no such pod: it has let the request through until there */
async function askToExec(
  namespace: string,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Verdict | undefined> {
  const request = { namespace, pod: NO_POD, container: "none", command: ["true"] };
  const outcome = await cluster.exec(request, signal);
  if (outcome.kind !== "rejected") return blocked(describeOutcome(outcome.kind));
  return hasCode(outcome.error, "NotFound") ? undefined : failOf(outcome.error);
}

function blocked(why: string): Verdict {
  return fail(
    `WebSockets do not get through to the API server, so no hook can be run: ${why}`,
    "A proxy or load balancer in between must pass on `Upgrade: websocket`.",
  );
}

function describeOutcome(kind: string): string {
  return kind === "aborted" ? "no answer in time" : `an exec into no pod ended with "${kind}"`;
}

function placeOf(namespace: string | undefined): string {
  return namespace === undefined ? "in all namespaces" : `in namespace ${namespace}`;
}
