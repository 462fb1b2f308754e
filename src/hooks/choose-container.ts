import type { ExecHook, HookReason } from "./hook.ts";
import type { PodView } from "./pod-view.ts";

/** Where a hook runs, or why it cannot; `container` is "" when there is no such container. */
export type ContainerChoice = {
  readonly container: string;
  readonly refusal?: { readonly reason: HookReason; readonly message: string };
};

/**
 * Settles the container and checks what can be known before the API server is asked, in Ark 0.8.1's order and words:
 * the container exists, there is a command; then, beyond Ark, that the container runs.
 */
export function chooseContainer(hook: ExecHook, pod: PodView): ContainerChoice {
  const container = hook.container === "" ? (pod.containers[0]?.name ?? "") : hook.container;
  const found = pod.containers.find(({ name }) => name === container);
  if (!found) {
    return refuse("", "NoSuchContainer", noSuchContainer(container, pod));
  }
  if (hook.command.length === 0) {
    return refuse(container, "EmptyCommand", "command is required");
  }
  if (pod.phase === "Pending" || !found.running) {
    const message = `container "${container}" is not running (the pod is ${pod.phase || "Unknown"})`;
    return refuse(container, "ContainerNotRunning", message);
  }
  return { container };
}

function noSuchContainer(container: string, { containers }: PodView): string {
  if (containers.length === 0) return "need at least 1 container";
  return `no such container: "${container}"; the pod has ${containers.map(({ name }) => name).join(", ")}`;
}

function refuse(container: string, reason: HookReason, message: string): ContainerChoice {
  return { container, refusal: { reason, message } };
}
