import { DEFAULT_HOOK_TIMEOUT_MS, onErrorWarning } from "../api/backup-spec.ts";
import { parseGoDuration } from "../lib/duration.ts";
import { shorten } from "../lib/shorten.ts";
import { type HookKeys, hookKeysOf, ORDER_KEYS } from "./annotation-keys.ts";
import type { ExecHook, HookPhase } from "./hook.ts";
import { parseHookCommand } from "./parse-command.ts";
import type { PodView } from "./pod-view.ts";

/** The hook, if the phase has one, with remarks on its own values; `warnings` are about annotations that have no effect. */
export type AnnotationHook = { readonly hook?: ExecHook; readonly warnings: readonly string[] };

type Setting<Value> = { readonly value: Value; readonly warning?: string | undefined };

/**
 * The hook that a pod's annotations ask for in a phase. The first key set with a command that is not empty gives the hook
 * whole: Ark's keys before Velero's, `pre.` before the keys without prefix. A time-out that is not a duration or is
 * negative, and an on-error that is neither Fail nor Continue, are warned about and replaced by 30s and Fail.
 */
export function annotationHook(pod: PodView, phase: HookPhase): AnnotationHook {
  const used = hookKeysOf(phase).filter((keys) => isSet(pod, keys.command));
  const [keys, ...shadowed] = used;
  const warnings = [
    ...shadowed.map((other) => `annotation ${other.command} is ignored: ${keys?.command} wins`),
    ...strayKeys(pod, phase),
  ];
  return keys ? { hook: readHook(pod, keys, phase), warnings } : { warnings };
}

function readHook({ annotations }: PodView, keys: HookKeys, phase: HookPhase): ExecHook {
  const command = parseHookCommand(annotations[keys.command] ?? "");
  const onError = readOnError(annotations[keys.onError]);
  const timeout = readTimeout(annotations[keys.timeout]);
  const legacy = keys.legacy
    ? `annotation ${keys.command} is deprecated: use pre.${keys.command}`
    : undefined;
  return {
    name: "<from-annotation>",
    source: "annotation",
    phase,
    container: annotations[keys.container] ?? "",
    command: command.argv,
    onError: onError.value,
    timeoutMs: timeout.value,
    warnings: [legacy, command.warning, onError.warning, timeout.warning].filter(
      (warning) => warning !== undefined,
    ),
  };
}

function readOnError(text = ""): Setting<ExecHook["onError"]> {
  return { value: text === "Continue" ? "Continue" : "Fail", warning: onErrorWarning(text) };
}

function readTimeout(text = ""): Setting<number> {
  const ms = parseGoDuration(text);
  if (ms !== undefined && ms > 0) return { value: ms };
  if (ms === 0 || text === "") return { value: DEFAULT_HOOK_TIMEOUT_MS };
  const reason = ms === undefined ? "is not a duration such as 30s or 1m30s" : "is negative";
  return {
    value: DEFAULT_HOOK_TIMEOUT_MS,
    warning: `timeout "${shorten(text)}" ${reason}: 30s is used`,
  };
}

function strayKeys(pod: PodView, phase: HookPhase): string[] {
  return hookKeysOf(phase)
    .filter((keys) => !isSet(pod, keys.command))
    .flatMap((keys) =>
      [keys.container, keys.onError, keys.timeout]
        .filter((key) => isSet(pod, key))
        .map((key) => `annotation ${key} has no effect: there is no ${keys.command}`),
    );
}

function isSet({ annotations }: PodView, key: string): boolean {
  return (annotations[key] ?? "") !== "";
}

/**
 * The pod's place among others by its annotation: lower runs first. undefined when none is set; a value that is not an
 * integer is warned about and counts as 0.
 */
export function annotationOrder(pod: PodView): Setting<number | undefined> {
  const key = ORDER_KEYS.find((candidate) => isSet(pod, candidate));
  if (key === undefined) return { value: undefined };
  const text = pod.annotations[key] ?? "";
  const order = /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined;
  if (order !== undefined) return { value: order };
  return {
    value: 0,
    warning: `annotation ${key}: "${shorten(text)}" is not an integer: 0 is used`,
  };
}
