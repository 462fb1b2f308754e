import { hookAnnotations } from "./near-keys.ts";
import { mendingCommand } from "./mend-command.ts";
import { allHooks, type CheckedPod, type Fault, type Rule } from "./rule.ts";

/** Rules on a pod as it is now, and on what made it. */
export const podRules: readonly Rule<CheckedPod>[] = [
  {
    id: "completed-pod",
    severity: "note",
    meaning: "the pod has ended (Succeeded or Failed): its hooks are skipped",
    check: ({ pod: { view }, hooks }) =>
      isCompleted(view.phase) && allHooks(hooks).length > 0
        ? [
            {
              message: `the pod is ${view.phase}: its hooks do not run, and that is no failure`,
              fix: `Nothing needs to be done; kubectl delete pod ${view.name} -n ${view.namespace} removes it.`,
            },
          ]
        : [],
  },
  {
    id: "container-not-running",
    severity: "warning",
    meaning: "the hook's container does not run now: a backup at this moment would fail there",
    check: findNotRunning,
  },
  {
    id: "lost-at-restart",
    severity: "warning",
    meaning:
      "the pod template of the pod's workload has other hook annotations: they count once the pod is replaced",
    check: findLost,
  },
];

export function isCompleted(phase: string): boolean {
  return phase === "Succeeded" || phase === "Failed";
}

function findNotRunning({ pod: { view }, hooks }: CheckedPod): Fault[] {
  if (isCompleted(view.phase)) return [];
  const first = view.containers[0]?.name ?? "";
  const used = new Set(allHooks(hooks).map(({ container }) => container || first));
  const down = view.containers.filter(({ name, running }) => used.has(name) && !running);
  return down.map(({ name }) => ({
    message: `container "${name}" is not running (the pod is ${view.phase || "Unknown"})`,
    fix: `See why: kubectl describe pod ${view.name} -n ${view.namespace}`,
  }));
}

function findLost({ pod, controller }: CheckedPod): Fault[] {
  if (controller === undefined || isCompleted(pod.view.phase)) return [];
  const own = hookAnnotations(pod.view.annotations);
  const template = hookAnnotations(controller.view.annotations);
  const differing = [...new Set([...Object.keys(own), ...Object.keys(template)])].filter(
    (key) => own[key] !== template[key],
  );
  const [key] = differing;
  if (key === undefined) return [];
  const isMissing = differing.every((name) => template[name] === undefined);
  const message = isMissing
    ? `these hooks are not in the pod template of ${controller.label}: lost when the pod is replaced`
    : `the pod template of ${controller.label} has other hook annotations: they count once the pod is replaced`;
  return [{ key, message, fix: mendingCommand(controller, pod.view.annotations) }];
}
