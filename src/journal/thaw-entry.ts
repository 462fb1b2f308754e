import { PODS } from "../cluster/pods-resource.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { parseRawObject } from "../cluster/raw-object.ts";
import type { ExecHook, HookOutcome } from "../hooks/hook.ts";
import { toPodView, type PodView } from "../hooks/pod-view.ts";
import { runHooks } from "../hooks/run-hooks.ts";
import type { Clock } from "../lib/clock.ts";
import { hasCode, messageOf } from "../lib/errors.ts";
import type { FreezeJournal, OpenEntry, ThawCommand } from "./freeze-journal.ts";

/**
 * - thawed: every post hook succeeded; the entry is closed.
 * - obsolete: there is no such pod any more, or it has ended, so nothing can be run in it; the entry is closed.
 * - forgotten: nothing was run; the entry is closed.
 * - failed: the entry stays open.
 */
export type ThawResult = {
  readonly entry: OpenEntry;
  readonly result: "thawed" | "obsolete" | "forgotten" | "failed";
  /** Why, where it was not thawed. */
  readonly message?: string | undefined;
  readonly hooks: readonly HookOutcome[];
};

export type ThawPorts = {
  readonly cluster: Pick<Cluster, "get" | "exec">;
  readonly journal: Pick<FreezeJournal, "closeEntry">;
  readonly clock: Clock;
};

/**
 * Runs the post hooks of an entry and closes it when they succeeded. Like post hooks of a backup they do not listen to
 * Ctrl-C, each is bounded by its own time-out. Never throws.
 * @param signal ends the question whether the pod is still there
 */
export async function thawEntry(
  entry: OpenEntry,
  ports: ThawPorts,
  signal: AbortSignal,
): Promise<ThawResult> {
  try {
    const { pod, obsolete } = await findPod(entry, ports, signal);
    if (pod === undefined) {
      return await closeEntry(entry, ports, { result: "obsolete", message: obsolete, hooks: [] });
    }
    return await thawPod(entry, pod, ports);
  } catch (error) {
    return { entry, result: "failed", message: messageOf(error), hooks: [] };
  }
}

type FoundPod =
  | { readonly pod: PodView; readonly obsolete?: undefined }
  | { readonly pod?: undefined; readonly obsolete: string };

// A frozen file system can outlive its pod: it is the node's.
const STILL =
  "if writes to its volume hang, run the post hook where the volume is mounted now, or restart that node";

async function findPod(
  { namespace, pod: name, podUid }: OpenEntry,
  { cluster }: ThawPorts,
  signal: AbortSignal,
): Promise<FoundPod> {
  try {
    const raw = await cluster.get(PODS, { namespace, name }, signal);
    const pod = toPodView(parseRawObject(raw));
    if (pod.uid !== podUid) {
      return { obsolete: `the pod was replaced, and nothing was run in the new one; ${STILL}` };
    }
    const hasEnded = pod.phase === "Succeeded" || pod.phase === "Failed";
    return hasEnded ? { obsolete: `the pod has ended (${pod.phase}); ${STILL}` } : { pod };
  } catch (error) {
    if (hasCode(error, "NotFound")) return { obsolete: `the pod is gone; ${STILL}` };
    throw error;
  }
}

async function thawPod(entry: OpenEntry, pod: PodView, ports: ThawPorts): Promise<ThawResult> {
  const context = { cluster: ports.cluster, clock: ports.clock, log: { write: () => {} } };
  const unstoppable = new AbortController().signal;
  const hooks = entry.postHooks.map(toHook);
  const { outcomes } = await runHooks(hooks, pod, context, unstoppable);
  const failed = outcomes.filter(({ status }) => status !== "succeeded");
  if (failed.length > 0) {
    const message = failed.map(explainFailure).join("; ");
    return { entry, result: "failed", message, hooks: outcomes };
  }
  return closeEntry(entry, ports, { result: "thawed", hooks: outcomes });
}

/** Closes an entry that is done with. Never throws: what cannot be noted is a failure. */
export async function closeEntry(
  entry: OpenEntry,
  { journal }: Pick<ThawPorts, "journal">,
  result: Omit<ThawResult, "entry">,
): Promise<ThawResult> {
  try {
    await journal.closeEntry(entry.id, `hooks thaw: ${result.message ?? result.result}`);
    return { entry, ...result };
  } catch (error) {
    const done = result.message ?? "the post hooks have run";
    const message = `${done}; but this could not be noted: ${messageOf(error)}`;
    return { entry, result: "failed", message, hooks: result.hooks };
  }
}

function toHook(command: ThawCommand): ExecHook {
  return { ...command, phase: "post", onError: "Fail", warnings: [] };
}

function explainFailure({ hook, container, message, stderr }: HookOutcome): string {
  const said = stderr.text.trim();
  const where = container === "" ? "" : ` in container ${container}`;
  return `${hook.command[0] ?? "post hook"}${where}: ${message ?? "failed"}${said === "" ? "" : `: ${said.slice(0, 200)}`}`;
}
