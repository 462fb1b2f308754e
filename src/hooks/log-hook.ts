import { formatGoDuration } from "../lib/duration.ts";
import type { Log, LogFields } from "../lib/log.ts";
import type { ExecHook, HookOutcome } from "./hook.ts";
import type { PodView } from "./pod-view.ts";

/** Lines and fields of a backup's log, as Ark 0.8.1 wrote them. */

export function logHookStart(log: Log, hook: ExecHook, pod: PodView, container: string): void {
  log.write("info", "running exec hook", hookFields(hook, pod, container));
}

/** Output is logged for a hook in error too, also after a time-out, where Ark 0.8.1 lost it. */
export function logHookEnd(log: Log, outcome: HookOutcome, pod: PodView): void {
  const fields = hookFields(outcome.hook, pod, outcome.container);
  if (outcome.started) {
    log.write("info", `stdout: ${outcome.stdout.text}`, fields);
    log.write("info", `stderr: ${outcome.stderr.text}`, fields);
  }
  const error = outcome.message;
  if (outcome.status === "failed") log.write("error", "Error executing hook", { ...fields, error });
  if (outcome.status === "skipped") log.write("info", `skipped exec hook: ${error ?? ""}`, fields);
}

function hookFields(hook: ExecHook, pod: PodView, container: string): LogFields {
  return {
    groupResource: "pods",
    hookCommand: `[${hook.command.join(" ")}]`,
    hookContainer: container || hook.container,
    hookName: hook.name,
    hookOnError: hook.onError,
    hookPhase: hook.phase,
    hookSource: hook.source === "spec" ? "backupSpec" : "annotation",
    hookTimeout: `{${formatGoDuration(hook.timeoutMs)}}`,
    hookType: "exec",
    name: pod.name,
    namespace: pod.namespace,
  };
}
