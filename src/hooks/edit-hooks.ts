import { hookKeysOf, ORDER_KEYS } from "./annotation-keys.ts";
import { asRecord } from "./hook-target.ts";
import type { HookPhase, OnError } from "./hook.ts";

/** Whose annotations are written. */
export type KeyFamily = "ark" | "velero";

/** A hook as it is to be set; what is absent gets no annotation, so that the default counts. */
export type HookSetting = {
  readonly phase: HookPhase;
  /** argv, at least one word. */
  readonly command: readonly string[];
  readonly container?: string | undefined;
  readonly onError?: OnError | undefined;
  /** A Go duration: "30s". */
  readonly timeout?: string | undefined;
};

/** Annotations to set, or with null to remove. */
export type AnnotationPatch = Readonly<Record<string, string | null>>;

type Annotations = Readonly<Record<string, string>>;

const DOMAINS: Readonly<Record<KeyFamily, string>> = {
  ark: "hook.backup.ark.heptio.com",
  velero: "hook.backup.velero.io",
};

/**
 * The annotations of whole hooks: each one replaces what its phase had under the same keys, so an absent setting removes
 * its annotation.
 */
export function patchToSet(
  settings: readonly HookSetting[],
  { family, order }: { readonly family: KeyFamily; readonly order?: number | undefined },
): AnnotationPatch {
  const hooks = settings.flatMap(({ phase, command, container, onError, timeout }) => {
    const prefix = `${phase}.${DOMAINS[family]}`;
    return [
      [`${prefix}/command`, JSON.stringify(command)],
      [`${prefix}/container`, container ?? null],
      [`${prefix}/on-error`, onError ?? null],
      [`${prefix}/timeout`, timeout ?? null],
    ] as const;
  });
  const orders = order === undefined ? [] : [[`${DOMAINS[family]}/order`, String(order)] as const];
  return Object.fromEntries([...hooks, ...orders]);
}

/** Removes every annotation of the phases' hooks, in all families and forms; with both phases the order as well. */
export function patchToUnset(phases: readonly HookPhase[]): AnnotationPatch {
  const keys = phases
    .flatMap((phase) => hookKeysOf(phase))
    .flatMap(({ container, command, onError, timeout }) => [container, command, onError, timeout]);
  const orders = phases.includes("pre") && phases.includes("post") ? ORDER_KEYS : [];
  return Object.fromEntries([...keys, ...orders].map((key) => [key, null]));
}

/** Whether the patch changes anything. */
export function isChangedBy(annotations: Annotations, patch: AnnotationPatch): boolean {
  return Object.entries(patch).some(([key, value]) => (annotations[key] ?? null) !== value);
}

export function patchAnnotations<Value>(
  annotations: Readonly<Record<string, Value>>,
  patch: AnnotationPatch,
): Record<string, Value | string> {
  const kept = Object.entries<Value | string | null>({ ...annotations, ...patch });
  return Object.fromEntries(
    kept.filter((entry): entry is [string, Value | string] => entry[1] !== null),
  );
}

/** The patch as a JSON merge patch of an object whose annotations stand at `path`. */
export function mergePatchAt(path: readonly string[], patch: AnnotationPatch): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), patch);
}

/** A copy of `object` with the patch applied at `path`; numbers and all other fields stay as parsed. */
export function patchObjectAt(
  object: Readonly<Record<string, unknown>>,
  [key, ...rest]: readonly string[],
  patch: AnnotationPatch,
): Record<string, unknown> {
  if (key === undefined) return patchAnnotations(object, patch);
  return { ...object, [key]: patchObjectAt(asRecord(object[key]), rest, patch) };
}
