import { didYouMean } from "../lib/suggest.ts";
import type { HookPhase } from "./hook.ts";

/** The annotations that one hook is read from; keys of different sets are never mixed (as Ark 0.8.1). */
export type HookKeys = {
  readonly container: string;
  readonly command: string;
  readonly onError: string;
  readonly timeout: string;
  /** Without `pre.` or `post.`: Ark's old form, for pre hooks only. */
  readonly legacy: boolean;
};

/** In order of precedence. */
const FAMILIES = ["hook.backup.ark.heptio.com", "hook.backup.velero.io"] as const;

/** Where the order of a pod among others is read from; the first that is set counts. */
export const ORDER_KEYS: readonly string[] = FAMILIES.map((family) => `${family}/order`);

const KEYS_OF_PHASE: Readonly<Record<HookPhase, readonly HookKeys[]>> = {
  pre: FAMILIES.flatMap((family) => [keySet(`pre.${family}`, false), keySet(family, true)]),
  post: FAMILIES.map((family) => keySet(`post.${family}`, false)),
};

function keySet(prefix: string, legacy: boolean): HookKeys {
  return {
    container: `${prefix}/container`,
    command: `${prefix}/command`,
    onError: `${prefix}/on-error`,
    timeout: `${prefix}/timeout`,
    legacy,
  };
}

const KNOWN_KEYS: ReadonlySet<string> = new Set([
  ...ORDER_KEYS,
  ...[...KEYS_OF_PHASE.pre, ...KEYS_OF_PHASE.post].flatMap(valuesOf),
]);

function valuesOf({ container, command, onError, timeout }: HookKeys): string[] {
  return [container, command, onError, timeout];
}

/**
 * The key sets that a phase's hook can come from, first the ones that win: Ark's before Velero's, prefixed before legacy.
 */
export function hookKeysOf(phase: HookPhase): readonly HookKeys[] {
  return KEYS_OF_PHASE[phase];
}

/** Remarks on annotations that look like a hook's and are none: a misspelt one would be a hook that silently never runs. */
export function unknownHookKeys(annotations: Readonly<Record<string, string>>): string[] {
  return Object.keys(annotations)
    .filter((key) => FAMILIES.some((family) => key.includes(family)) && !KNOWN_KEYS.has(key))
    .map((key) => `annotation ${key} is not one of a hook${didYouMean(key, KNOWN_KEYS)}`);
}
