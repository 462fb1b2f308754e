import { parseGoDuration } from "../../lib/duration.ts";
import { joinShellWords } from "../../lib/shell-quote.ts";
import { splitShellWords } from "../../lib/shell-words.ts";
import { suggest } from "../../lib/suggest.ts";
import { type AnnotationPatch, mergePatchAt } from "../edit-hooks.ts";
import type { HookTarget } from "../hook-target.ts";
import type { HookPhase } from "../hook.ts";
import type { PodView } from "../pod-view.ts";
import { isVelero, PHASES, usedKeys } from "../key-sets.ts";
import type { Annotations } from "./rule.ts";

/** A longer command is not written out. */
const MAX_LENGTH = 1000;
const PLACEHOLDER = ["PROGRAM", "ARGUMENT"];

export type MendedHook = {
  readonly command?: readonly string[] | undefined;
  readonly container?: string | undefined;
  readonly onError?: string | undefined;
  readonly timeout?: string | undefined;
};

/**
 * The `kubectl ark hooks set` that writes hooks as they were meant: what is wrong in an annotation is replaced by what is
 * likely right, or left to its default. Words in capitals are for the reader to fill in.
 * @param annotations where the hooks are read from @param phases absent: those that have a hook
 */
export function mendingCommand(
  place: HookTarget,
  annotations: Annotations,
  phases: readonly HookPhase[] = PHASES.filter((phase) => usedKeys(annotations, phase)),
): string {
  if (phases.length === 0) return setCommand(place, [{ phase: "pre" }]);
  const hooks = phases.map((phase) => ({ phase, ...mendHook(annotations, phase, place.view) }));
  const isOneFamily = phases.every((phase) => {
    const keys = usedKeys(annotations, phase);
    return keys !== undefined && isVelero(keys);
  });
  const keys = isOneFamily ? ["--keys", "velero"] : [];
  return setCommand(place, hooks, keys);
}

/** `kubectl ark hooks set` for hooks given as they are to be. */
export function setCommand(
  place: HookTarget,
  hooks: readonly (MendedHook & { readonly phase: HookPhase })[],
  more: readonly string[] = [],
): string {
  if (place.effect.kind === "refused") return `${place.effect.message}. ${place.effect.hint}`;
  const start = ["kubectl", "ark", "hooks", "set", place.label, "-n", place.namespace, ...more];
  const [only, ...others] = hooks;
  const write = (isWhole: boolean): string => {
    if (only !== undefined && others.length === 0) {
      const words = isWhole ? (only.command ?? PLACEHOLDER) : PLACEHOLDER;
      const flags = ["-c", "--on-error", "--timeout"] as const;
      return joinShellWords([
        ...start,
        ...settings(only, flags),
        "--phase",
        only.phase,
        "--",
        ...words,
      ]);
    }
    return joinShellWords([...start, ...hooks.flatMap((hook) => flagsOf(hook, isWhole))]);
  };
  const text = write(true);
  return isPrintable(text) ? text : write(false);
}

function flagsOf(hook: MendedHook & { readonly phase: HookPhase }, isWhole: boolean): string[] {
  const { phase, command = PLACEHOLDER } = hook;
  const names = [`--${phase}-container`, `--${phase}-on-error`, `--${phase}-timeout`] as const;
  return [`--${phase}`, JSON.stringify(isWhole ? command : PLACEHOLDER), ...settings(hook, names)];
}

function settings(
  { container, onError, timeout }: MendedHook,
  [ofContainer, ofOnError, ofTimeout]: readonly [string, string, string],
): string[] {
  return [
    ...(container === undefined ? [] : [ofContainer, container]),
    ...(onError === undefined ? [] : [ofOnError, onError]),
    ...(timeout === undefined ? [] : [ofTimeout, timeout]),
  ];
}

/** A command that can be pasted: no line breaks or control characters, and not without end. */
function isPrintable(text: string): boolean {
  return text.length <= MAX_LENGTH && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text);
}

/** The command that changes annotations of the place as given. */
export function annotateCommand(place: HookTarget, patch: AnnotationPatch): string {
  const { effect, path, label, namespace } = place;
  if (effect.kind === "refused") return `${effect.message}. ${effect.hint}`;
  const text = path.length === 2 ? annotate(place, patch) : patchTemplate(place, patch);
  if (isPrintable(text)) return text;
  return `Edit the annotations: kubectl edit ${label} -n ${namespace}`;
}

function annotate({ label, namespace }: HookTarget, patch: AnnotationPatch): string {
  const changes = Object.entries(patch).map(([key, value]) =>
    value === null ? `${key}-` : `${key}=${value}`,
  );
  return joinShellWords(["kubectl", "annotate", label, "-n", namespace, ...changes]);
}

function patchTemplate({ label, namespace, path }: HookTarget, patch: AnnotationPatch): string {
  const body = JSON.stringify(mergePatchAt(path, patch));
  const words = ["kubectl", "patch", label, "-n", namespace, "--type=merge", "-p", body];
  return joinShellWords(words);
}

function mendHook(annotations: Annotations, phase: HookPhase, view: PodView): MendedHook {
  const keys = usedKeys(annotations, phase);
  if (keys === undefined) return {};
  return {
    command: mendedCommand(annotations[keys.command] ?? ""),
    container: mendedContainer(annotations[keys.container] ?? "", view),
    onError: mendedOnError(annotations[keys.onError] ?? ""),
    timeout: mendedTimeout(annotations[keys.timeout] ?? ""),
  };
}

/** The words that a command annotation was likely meant to have; undefined when nobody can tell. */
export function mendedCommand(value: string): readonly string[] | undefined {
  const text = value.trim();
  if (text.startsWith("[")) return mendedArray(text);
  const { words, problem } = splitShellWords(text);
  if (words !== undefined) return words[0] === undefined ? undefined : words;
  return problem.kind === "needs shell" ? ["sh", "-c", text] : undefined;
}

function mendedArray(text: string): readonly string[] | undefined {
  const parsed = parseJson(text);
  if (!Array.isArray(parsed) || parsed.length === 0) return undefined;
  const words = (parsed as readonly unknown[]).map((word) =>
    typeof word === "string" || typeof word === "number" || typeof word === "boolean"
      ? String(word)
      : undefined,
  );
  const known = words.filter((word) => word !== undefined);
  return known.length === words.length && known[0] !== "" ? known : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function mendedContainer(name: string, { containers }: PodView): string | undefined {
  const names = containers.map((container) => container.name);
  if (name === "") return undefined;
  if (names.includes(name)) return name;
  return suggest(name, names)[0] ?? (names.length === 1 ? names[0] : "CONTAINER");
}

function mendedOnError(value: string): string | undefined {
  if (/^continue$/i.test(value.trim())) return "Continue";
  return value === "Fail" ? value : undefined;
}

function mendedTimeout(value: string): string | undefined {
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) > 0 ? `${text}s` : undefined;
  const ms = parseGoDuration(text);
  return ms !== undefined && ms > 0 ? text : undefined;
}
