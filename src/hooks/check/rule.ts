import type { HookTarget } from "../hook-target.ts";
import type { ExecHook, HookPhase, HookSource } from "../hook.ts";
import type { PodView } from "../pod-view.ts";

/**
 * - error: the hook fails, or does not run as it is written.
 * - warning: it runs, but that is probably not what was meant.
 * - note: worth knowing.
 */
export type Severity = "error" | "warning" | "note";

export type Annotations = Readonly<Record<string, string>>;

/** A hook that would run, and where it is written. */
export type CheckedHook = ExecHook & {
  /** The annotation of its command, or its place in the document: "spec.hooks.resources[0].pre[0]". */
  readonly origin: string;
};

export type CheckedHooks = Readonly<Record<HookPhase, readonly CheckedHook[]>>;

/** Hooks as they stand in one place, and a pod that they would run in. */
export type CheckSubject = {
  /** Where the annotations are to be mended: the pod, or the workload that its annotations come from. */
  readonly place: HookTarget;
  readonly view: PodView;
  readonly hooks: CheckedHooks;
  /** Annotations of a workload's own metadata, where hooks have no effect; empty for a pod. */
  readonly misplaced: Annotations;
};

/** A pod, and the workload that makes it where that can be read. */
export type CheckedPod = {
  readonly pod: HookTarget;
  readonly hooks: CheckedHooks;
  readonly controller: HookTarget | undefined;
};

/** What is wrong, for the one who mends it. */
export type Fault = {
  /** The annotation, or the place in the document. */
  readonly key?: string | undefined;
  readonly message: string;
  /** How to mend it; a command that can be run as it stands where there is one. */
  readonly fix: string;
  /** "spec": it is mended in the Backup document, once for all pods. */
  readonly source?: HookSource | undefined;
};

export type RuleText = {
  /** Stable: scripts and the documentation name it. */
  readonly id: string;
  readonly severity: Severity;
  /** For the table of the documentation. */
  readonly meaning: string;
};

export type Rule<Subject> = RuleText & { check(subject: Subject): readonly Fault[] };

/** Every hook of a subject. */
export function allHooks({ pre, post }: CheckedHooks): readonly CheckedHook[] {
  return [...pre, ...post];
}
