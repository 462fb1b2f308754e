import { type HookKeys, hookKeysOf, ORDER_KEYS } from "./annotation-keys.ts";
import { annotationHook } from "./from-annotations.ts";
import type { ExecHook, HookPhase } from "./hook.ts";
import type { PodView } from "./pod-view.ts";

type Annotations = Readonly<Record<string, string>>;

export const PHASES: readonly HookPhase[] = ["pre", "post"];

/** The keys of one set that are not the command. */
export function settingKeys({ container, onError, timeout }: HookKeys): readonly string[] {
  return [container, onError, timeout];
}

/** Every key that a backup reads. */
export const KNOWN_KEYS: ReadonlySet<string> = new Set([
  ...ORDER_KEYS,
  ...PHASES.flatMap((phase) =>
    hookKeysOf(phase).flatMap((keys) => [keys.command, ...settingKeys(keys)]),
  ),
]);

export function isHookKey(key: string): boolean {
  return KNOWN_KEYS.has(key);
}

export function isVelero({ command }: HookKeys): boolean {
  return command.includes("velero");
}

/** The keys that a phase's hook comes from: the first set with a command. */
export function usedKeys(annotations: Annotations, phase: HookPhase): HookKeys | undefined {
  return hookKeysOf(phase).find(({ command }) => hasText(annotations, command));
}

export function hasText(annotations: Annotations, key: string): boolean {
  return (annotations[key] ?? "") !== "";
}

/** The hook that one set of keys would give, were it alone. */
export function hookOfKeys(view: PodView, keys: HookKeys, phase: HookPhase): ExecHook | undefined {
  const own = [keys.command, ...settingKeys(keys)];
  const annotations = Object.fromEntries(
    Object.entries(view.annotations).filter(([key]) => own.includes(key)),
  );
  return annotationHook({ ...view, annotations }, phase).hook;
}

/** Whether two hooks of a pod do the same: the same words in the same container, with the same limits. */
export function isSameHook(a: ExecHook, b: ExecHook, view: PodView): boolean {
  const first = view.containers[0]?.name ?? "";
  const key = (hook: ExecHook): string =>
    JSON.stringify([hook.command, hook.container || first, hook.onError, hook.timeoutMs]);
  return key(a) === key(b);
}
