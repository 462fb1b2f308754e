import type { Cluster } from "../../cluster/cluster.ts";
import { forEachParallel } from "../../lib/bounded-parallel.ts";
import type { Clock } from "../../lib/clock.ts";
import type { HookChecker, HookInPod } from "./check-hooks.ts";
import { findProgram } from "./find-program.ts";
import { programRules } from "./program-rules.ts";

const PARALLEL = 8;

export type ProgramPorts = { readonly cluster: Pick<Cluster, "exec">; readonly clock: Clock };

/**
 * Looks into the containers for the programs of hooks; no hook is run. A program is looked for once in each container.
 * @throws ArkError Cancelled
 */
export async function checkPrograms(
  hooks: readonly HookInPod[],
  checker: Pick<HookChecker, "report">,
  ports: ProgramPorts,
  signal: AbortSignal,
): Promise<void> {
  await forEachParallel(
    distinct(hooks),
    PARALLEL,
    (found) => checkProgram(found, { checker, ports, signal }),
    signal,
  );
}

function distinct(hooks: readonly HookInPod[]): Iterable<HookInPod> {
  const byProgram = new Map<string, HookInPod>();
  for (const found of hooks) {
    const { pod, hook } = found;
    const words = [pod.namespace, pod.name, containerOf(found), hook.command[0]];
    const key = JSON.stringify(words);
    if (!byProgram.has(key)) byProgram.set(key, found);
  }
  return byProgram.values();
}

function containerOf({ pod, hook }: HookInPod): string {
  return hook.container || (pod.containers[0]?.name ?? "");
}

async function checkProgram(
  found: HookInPod,
  tools: {
    readonly checker: Pick<HookChecker, "report">;
    readonly ports: ProgramPorts;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { pod, hook, place } = found;
  const { namespace, name } = pod;
  const [container, program = ""] = [containerOf(found), hook.command[0]];
  const there = pod.containers.find((candidate) => candidate.name === container);
  // Other rules speak of these.
  if (there === undefined || program === "") return;
  const search = there.running
    ? await findProgram({ namespace, pod: name, container, program }, tools.ports, tools.signal)
    : ({ kind: "unchecked", message: "it does not run" } as const);
  if (search.kind === "found") return;
  const where = `container ${container} of ${namespace}/${name}`;
  tools.checker.report(place, programRules[search.kind], {
    key: hook.origin,
    source: hook.source,
    message: `${where}: ${search.message}`,
    fix:
      search.kind === "missing"
        ? `Name a program of the container, or another container: kubectl exec -n ${namespace} ${name} -c ${container} -- sh -c 'ls /bin /usr/bin /sbin'`
        : `Try it: kubectl exec -n ${namespace} ${name} -c ${container} -- …`,
  });
}
