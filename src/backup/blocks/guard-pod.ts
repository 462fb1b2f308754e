import { chooseContainer } from "../../hooks/choose-container.ts";
import { startGuard, type Guard, type GuardTarget } from "../../hooks/guard.ts";
import type { ExecHook } from "../../hooks/hook.ts";
import type { GuardReport } from "../backup-report.ts";
import type { BackupRun } from "../backup-run.ts";
import type { FreezeWindow } from "./freeze-window.ts";
import type { PlannedPod } from "./group-items.ts";
import { reportGuard } from "./guard-reports.ts";

/** The guards of one pod: one in each container that has post hooks. */
export type PodGuards = {
  /** Why the pod must not be quiesced: it cannot be guarded, and --guard=require asks for that. */
  readonly refusal?: string | undefined;
  /** Whether guards have thawed the pod for good, so that nothing is left for the post hooks. */
  hasThawed(): boolean;
  /** calm: the pre hooks are surely over. thawing: the post hooks are run now, max-freeze does not matter any more. */
  tell(word: "calm" | "thawing"): void;
  /**
   * Ends the guards: with the word that all is well, or, where the post hooks failed, by letting them try from inside
   * the pod. @returns how each ended
   */
  conclude(isThawed: boolean): Promise<readonly GuardReport[]>;
};

/**
 * Puts guards on their posts before a pod's first pre hook. A pod without pre or without post hooks needs none; where
 * none can be (no shell), --guard=auto goes on without and says so once. A guard that ends early breaks the window off.
 */
export async function guardPod(
  pod: PlannedPod,
  run: BackupRun,
  window: FreezeWindow,
): Promise<PodGuards> {
  const mode = run.plan.request.guard;
  if (mode === "off" || pod.hooks.pre.length === 0 || isCompleted(pod)) return withoutGuards;
  const started = await Promise.all(
    targetsOf(pod, run).map((target) => start(target, run, window)),
  );
  const guards = started.filter((one) => "dismiss" in one);
  const missing = started.filter((one) => "state" in one);
  const conclude = async (isThawed: boolean): Promise<readonly GuardReport[]> => {
    const ends = guards.map((guard) => concludeGuard(guard, isThawed, pod));
    return [...missing, ...(await Promise.all(ends))];
  };
  if (mode === "require" && missing.length > 0) {
    const reasons = missing.map(({ container, reason }) => `container ${container}: ${reason}`);
    return { ...withoutGuards, refusal: reasons.join("; "), conclude };
  }
  // An interrupted pod is not quiesced at all.
  if (!window.signal.aborted) warnUnguarded(pod, missing, run);
  const tell = (word: "calm" | "thawing"): void => {
    for (const guard of guards) guard.tell(word);
  };
  window.signal.addEventListener("abort", () => tell("thawing"), { once: true });
  return {
    hasThawed: () => guards.length > 0 && missing.length === 0 && guards.every(hasThawed),
    tell,
    conclude,
  };
}

const withoutGuards: PodGuards = {
  hasThawed: () => false,
  tell: () => {},
  conclude: async () => [],
};

/** Its hooks are skipped. */
const isCompleted = ({ view }: PlannedPod): boolean =>
  view.phase === "Succeeded" || view.phase === "Failed";

/** One for each container with post hooks; those that cannot run need no guard. */
function targetsOf({ view, hooks }: PlannedPod, run: BackupRun): GuardTarget[] {
  const byContainer = new Map<string, ExecHook[]>();
  const containerOf = (hook: ExecHook): string => chooseContainer(hook, view).container;
  for (const hook of hooks.post) {
    if (chooseContainer(hook, view).refusal) continue;
    const container = containerOf(hook);
    byContainer.set(container, [...(byContainer.get(container) ?? []), hook]);
  }
  return [...byContainer].map(([container, post]) => {
    const pre = hooks.pre.filter((hook) => containerOf(hook) === container);
    return {
      namespace: view.namespace,
      pod: view.name,
      container,
      hooks: post,
      preCommands: pre.map(({ command }) => command),
      seesAllPre: pre.length === hooks.pre.length,
      maxFreezeMs: run.plan.request.maxFreezeMs,
    };
  });
}

async function start(
  target: GuardTarget,
  run: BackupRun,
  window: FreezeWindow,
): Promise<Guard | GuardReport> {
  const { namespace, pod, container } = target;
  const guard = await startGuard(target, run, window.signal);
  if ("unavailable" in guard) {
    const reason = guard.unavailable;
    run.log.write("warning", "no guard", { namespace, name: pod, container, reason });
    return { pod: `${namespace}/${pod}`, container, state: "none", reason };
  }
  void guard.alarm.then((alarm) => {
    run.log.write("error", "guard alarm", { namespace, name: pod, container, alarm: alarm.kind });
    if (alarm.kind === "ended") window.breakOff({ kind: "guard ended" });
    else window.breakOff({ kind: "silence", silentMs: alarm.silentMs });
  });
  return guard;
}

function warnUnguarded(
  { view: { namespace, name } }: PlannedPod,
  missing: readonly GuardReport[],
  run: BackupRun,
): void {
  for (const { container, reason } of missing) {
    run.report.warnOnce("unguarded", {
      message: `quiesced without a guard, here and maybe in other pods (container ${container}: ${reason}): if this client dies, the pod stays frozen until \`kubectl ark hooks thaw\``,
      groupResource: "pods",
      namespace,
      name,
      hint: "--guard=require refuses to quiesce such pods, --guard=off says that this is meant.",
    });
  }
}

function hasThawed(guard: Guard): boolean {
  const end = guard.ended();
  return end?.kind === "thawed" && end.succeeded && end.isSure;
}

async function concludeGuard(
  guard: Guard,
  isThawed: boolean,
  { view }: PlannedPod,
): Promise<GuardReport> {
  const end = await (isThawed ? guard.dismiss() : guard.release());
  return reportGuard(`${view.namespace}/${view.name}`, guard.container, end);
}
