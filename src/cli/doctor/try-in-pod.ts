import { PODS } from "../../cluster/pods-resource.ts";
import type { Cluster, ExecOutcome } from "../../cluster/cluster.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { toPodView } from "../../hooks/pod-view.ts";
import { fail, failOf, ok, type Verdict } from "./check.ts";

/**
 * Runs `true` in the first running container of a pod: proves the whole way that a hook takes.
 * @throws ArkError NotFound, Forbidden, …
 */
export async function tryInPod(
  pod: { readonly namespace: string; readonly name: string },
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Verdict> {
  const path = `${pod.namespace}/${pod.name}`;
  const view = toPodView(parseRawObject(await cluster.get(PODS, pod, signal)));
  const container = view.containers.find(({ running }) => running)?.name;
  if (container === undefined) {
    return fail(`no container of pod ${path} is running`, "Name another pod with --pod.");
  }
  const request = { namespace: pod.namespace, pod: pod.name, container, command: ["true"] };
  const outcome = await cluster.exec(request, signal);
  return judgeOutcome(outcome, `container ${container} of pod ${path}`);
}

function judgeOutcome(outcome: ExecOutcome, where: string): Verdict {
  if (outcome.kind === "rejected") return failOf(outcome.error);
  if (outcome.kind === "failed") return judgeFailure(outcome.message, where);
  if (outcome.kind === "aborted") return fail(`exec in ${where} did not end in time`, BROKEN_HINT);
  if (outcome.kind === "unknown") {
    return fail(`exec in ${where} broke off: ${outcome.message}`, BROKEN_HINT);
  }
  return outcome.exitCode === 0
    ? ok(`\`true\` was run in ${where}`)
    : ok(`a command was started in ${where} (\`true\` ended with ${outcome.exitCode})`);
}

const BROKEN_HINT = "See whether `kubectl exec` works there; look at what lies between.";

/** The runtime's word that there is no such program comes from the far end of the way. */
function judgeFailure(message: string, where: string): Verdict {
  return /executable file not found|no such file or directory/.test(message)
    ? ok(`${where} was reached; it has no \`true\`, as images without a shell`)
    : fail(`exec in ${where} failed: ${message}`, BROKEN_HINT);
}
