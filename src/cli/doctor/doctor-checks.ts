import type { ApiResource, Discovery } from "../../cluster/cluster.ts";
import { groupResourceOf } from "../../cluster/group-resource.ts";
import type { Check, Verdict } from "./check.ts";
import { judgeApi } from "./check-api.ts";
import { judgeClock } from "./check-clock.ts";
import { judgeCluster, judgeSilence } from "./check-cluster.ts";
import { checkExec } from "./check-exec.ts";
import { judgeKubeconfig } from "./check-kubeconfig.ts";
import { checkLeftovers } from "./check-leftovers.ts";
import { checkPermissions } from "./check-permissions.ts";
import { judgeJournal, judgeStore } from "./check-places.ts";
import { checkSnapshots } from "./check-snapshots.ts";
import { judgeVersions } from "./check-versions.ts";
import type { DoctorConnection, DoctorTools, ServerAnswer } from "./doctor-tools.ts";
import { tryInPod } from "./try-in-pod.ts";

/** What one check finds out and others go on from: asked for once, however many want it. */
type Shared = {
  readonly connection: () => Promise<DoctorConnection>;
  readonly answer: (signal: AbortSignal) => Promise<ServerAnswer>;
  readonly discovery: (signal: AbortSignal) => Promise<Discovery>;
};

/** All checks, in the order in which they are shown. */
export function doctorChecks(tools: DoctorTools): readonly Check[] {
  const connection = once(() => tools.connect());
  const shared: Shared = {
    connection: () => connection(undefined),
    answer: once(async (signal) => (await shared.connection()).askServer(signal)),
    discovery: once(async (signal) => (await shared.connection()).cluster.discover(signal)),
  };
  const { connection: connect, answer, discovery } = shared;
  return [
    check("kubeconfig", [], async () =>
      judgeKubeconfig((await connect()).facts, tools.clock.now()),
    ),
    check("cluster", ["kubeconfig"], (signal) => askCluster(shared, signal)),
    check("versions", [], async (signal) => judgeVersions(await tools.findPrograms(signal))),
    check("clock", ["cluster"], async (signal) => judgeClock(await answer(signal))),
    check("api", ["cluster"], async (signal) => judgeApi(await discovery(signal))),
    check("permissions", ["api"], (signal) => askPermissions(tools, shared, signal)),
    check("exec", ["cluster"], (signal) => askExec(tools, shared, signal)),
    check("snapshots", ["api"], async (signal) =>
      checkSnapshots(finderIn(await discovery(signal)), (await connect()).cluster, signal),
    ),
    check("leftovers", ["api"], async (signal) => {
      const scope = { ...tools, cluster: (await connect()).cluster };
      return checkLeftovers(finderIn(await discovery(signal)), scope, signal);
    }),
    check("store", [], async (signal) => judgeStore(await tools.inspectStore(), signal)),
    check("journal", [], async () =>
      judgeJournal(await tools.inspectJournal(), await serverOf(shared)),
    ),
  ];
}

function check(name: string, needs: readonly string[], run: Check["run"]): Check {
  return { name, needs, run };
}

async function askCluster({ connection, answer }: Shared, signal: AbortSignal): Promise<Verdict> {
  const connected = await connection();
  return answer(signal).then(
    (answered) => judgeCluster(answered, connected),
    (error: unknown) => judgeSilence(error, connected.facts),
  );
}

async function askPermissions(
  { request, clock, ...tools }: DoctorTools,
  { connection }: Shared,
  signal: AbortSignal,
): Promise<Verdict> {
  const [{ cluster }, { journal }] = await Promise.all([connection(), tools.inspectJournal()]);
  return checkPermissions(request, { cluster, journal, clock, observe: () => {} }, signal);
}

async function askExec(
  { namespace, pod }: DoctorTools,
  { connection }: Shared,
  signal: AbortSignal,
): Promise<Verdict> {
  const connected = await connection();
  if (pod === undefined) return checkExec(namespace, connected, signal);
  const { cluster } = connected;
  const place = pod.namespace ?? namespace ?? cluster.identity.namespace;
  return tryInPod({ name: pod.name, namespace: place }, cluster, signal);
}

function serverOf({ connection }: Shared): Promise<string | undefined> {
  return connection().then(
    ({ cluster }) => cluster.identity.server,
    () => undefined,
  );
}

function finderIn({ resources }: Discovery): (groupResource: string) => ApiResource | undefined {
  const byName = new Map(resources.map((kind) => [groupResourceOf(kind), kind]));
  return (groupResource) => byName.get(groupResource);
}

/** The result of the first call, for all calls. */
function once<Given, T>(make: (given: Given) => Promise<T>): (given: Given) => Promise<T> {
  let made: Promise<T> | undefined;
  return (given) => (made ??= make(given));
}
