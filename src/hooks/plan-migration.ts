import { type HookKeys, hookKeysOf, ORDER_KEYS } from "./annotation-keys.ts";
import {
  hasText,
  hookOfKeys,
  isSameHook,
  isVelero,
  PHASES,
  settingKeys,
  usedKeys,
} from "./key-sets.ts";
import type { AnnotationPatch, KeyFamily } from "./edit-hooks.ts";
import type { HookPhase } from "./hook.ts";
import type { PodView } from "./pod-view.ts";

export type Migration = {
  /** What is to be changed; empty when nothing is. */
  readonly patch: AnnotationPatch;
  /** What was left alone, since moving it would lose or change something. */
  readonly conflicts: readonly string[];
};

export type MigrationGoal = {
  readonly to: KeyFamily;
  /** Conflicts are settled for what wins today; the rest is removed. */
  readonly force: boolean;
};

/**
 * Moves hook annotations to the prefixed keys of one family, values as they are: what runs before runs afterwards. Other
 * keys, misspelt ones too, are not touched. A phase is moved as a whole or not at all.
 */
export function planMigration(view: PodView, goal: MigrationGoal): Migration {
  const moves = [...PHASES.map((phase) => movePhase(view, phase, goal)), moveOrder(view, goal)];
  return {
    patch: Object.fromEntries(moves.flatMap(({ patch }) => Object.entries(patch))),
    conflicts: moves.flatMap(({ conflicts }) => conflicts),
  };
}

function movePhase(view: PodView, phase: HookPhase, { to, force }: MigrationGoal): Migration {
  const { annotations } = view;
  const target = hookKeysOf(phase).find((keys) => !keys.legacy && familyOf(keys) === to);
  const winner = usedKeys(annotations, phase);
  const losers = hookKeysOf(phase).filter((keys) => keys !== winner && isPresent(view, keys));
  if (target === undefined || (losers.length === 0 && (!winner || winner === target))) return none;
  const conflicts = losers.flatMap((keys) => conflictOf({ winner, keys, phase }, view));
  if (conflicts.length > 0 && !force) return { patch: {}, conflicts };
  const removed = Object.fromEntries(
    [...losers, ...(winner ? [winner] : [])].flatMap(ownKeys).map((key) => [key, null]),
  );
  const patch = { ...removed, ...(winner && renamed(view, winner, target)) };
  return { patch: withoutAbsent(patch, view), conflicts: [] };
}

const none: Migration = { patch: {}, conflicts: [] };

function conflictOf(
  {
    winner,
    keys,
    phase,
  }: { readonly winner: HookKeys | undefined; readonly keys: HookKeys; readonly phase: HookPhase },
  view: PodView,
): string[] {
  const [won, lost] = [winner && hookOfKeys(view, winner, phase), hookOfKeys(view, keys, phase)];
  if (lost === undefined) {
    const stray = settingKeys(keys).filter((key) => hasText(view.annotations, key));
    return stray.map((key) => `${key} has no effect now, and would be removed`);
  }
  if (won !== undefined && isSameHook(won, lost, view)) return [];
  return [`${keys.command} differs from ${winner?.command ?? ""}, which wins now`];
}

function renamed(view: PodView, from: HookKeys, to: HookKeys): AnnotationPatch {
  const [source, target] = [ownKeys(from), ownKeys(to)];
  return Object.fromEntries(
    target.map((key, place) => [key, view.annotations[source[place] ?? ""] ?? null]),
  );
}

function moveOrder({ annotations }: PodView, { to, force }: MigrationGoal): Migration {
  const target = ORDER_KEYS.find((key) => key.includes("velero") === (to === "velero"));
  const winner = ORDER_KEYS.find((key) => hasText(annotations, key));
  const others = ORDER_KEYS.filter((key) => key !== target && annotations[key] !== undefined);
  if (target === undefined || winner === undefined || others.length === 0) return none;
  const values = ORDER_KEYS.filter((key) => hasText(annotations, key)).map(
    (key) => annotations[key],
  );
  if (new Set(values).size > 1 && !force) {
    return { patch: {}, conflicts: [`${ORDER_KEYS[1]} differs from ${winner}, which wins now`] };
  }
  const removed = Object.fromEntries(others.map((key) => [key, null]));
  return { patch: { ...removed, [target]: annotations[winner] ?? null }, conflicts: [] };
}

function familyOf(keys: HookKeys): KeyFamily {
  return isVelero(keys) ? "velero" : "ark";
}

function ownKeys(keys: HookKeys): string[] {
  return [keys.command, ...settingKeys(keys)];
}

function isPresent({ annotations }: PodView, keys: HookKeys): boolean {
  return ownKeys(keys).some((key) => annotations[key] !== undefined);
}

/** What is not there need not be removed: the patch is shown to people. */
function withoutAbsent(patch: AnnotationPatch, { annotations }: PodView): AnnotationPatch {
  return Object.fromEntries(
    Object.entries(patch).filter(([key, value]) => value !== (annotations[key] ?? null)),
  );
}
