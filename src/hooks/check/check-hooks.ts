import type { ResolvedResourceHook } from "../from-spec.ts";
import type { HookTarget } from "../hook-target.ts";
import type { PodContainer, PodView } from "../pod-view.ts";
import { annotationsBeside, checkedHooks } from "./checked-hooks.ts";
import { createFindingList, type Finding, type FindingPlace } from "./finding.ts";
import { hookAnnotations, mentionsAnyHook } from "./near-keys.ts";
import { isCompleted, podRules } from "./pod-rules.ts";
import {
  allHooks,
  type CheckedHook,
  type CheckedHooks,
  type Fault,
  type RuleText,
} from "./rule.ts";
import { hookRules } from "./rules.ts";
import { specRules } from "./spec-rules.ts";

/** What was looked at; hooks of workloads' pod templates are counted where no pod had them. */
export type CheckCounts = {
  readonly hooks: number;
  readonly pods: number;
  readonly workloads: number;
};

/** A hook of a running container, to look for its program. */
export type HookInPod = {
  readonly pod: PodView;
  readonly hook: CheckedHook;
  readonly place: FindingPlace;
};

export type CheckResult = { readonly findings: readonly Finding[]; readonly counts: CheckCounts };

export type SpecToCheck = {
  readonly entries: readonly ResolvedResourceHook[];
  /** The document, for its findings. */
  readonly place: FindingPlace;
};

const NO_SPEC: SpecToCheck = {
  entries: [],
  place: { namespace: "", kind: "Backup", name: "", label: "backup" },
};

/**
 * Applies all rules to pods and workloads, one after another, and keeps findings only. A pod that has its hooks from its
 * workload's template shows the faults of the template: they are found once, and mended there.
 */
export class HookChecker {
  readonly #spec: SpecToCheck;
  readonly #list = createFindingList();
  readonly #coverage: SpecCoverage[];
  /** Workloads that were checked by one of their pods. */
  readonly #checked = new Set<string>();
  /** By workload: what a webhook adds to its pods is not in its template. */
  readonly #containers = new Map<string, Map<string, PodContainer>>();
  readonly #counts = { hooks: 0, pods: 0, workloads: 0 };

  constructor(spec: SpecToCheck = NO_SPEC) {
    this.#spec = spec;
    this.#coverage = spec.entries.map((entry) => ({
      entry,
      matched: 0,
      shadowed: { pre: 0, post: 0 },
    }));
  }

  /** @param controller the workload that makes the pod, where it can be read. @returns its hooks that could run now */
  checkPod(pod: HookTarget, controller: HookTarget | undefined): readonly HookInPod[] {
    const { view } = pod;
    const hooks = checkedHooks(view, this.#cover(view));
    if (allHooks(hooks).length === 0 && !mentionsAnyHook(view.annotations)) return [];
    this.#count("pods", hooks);
    for (const rule of podRules) {
      const faults = rule.check({ pod, hooks, controller });
      for (const fault of faults) this.#list.add(placeOf(pod), rule, fault);
    }
    if (isCompleted(view.phase)) return [];
    const place = controller && hasItsHooks(view, controller) ? controller : pod;
    if (controller) this.#rememberContainers(controller, view);
    if (place === controller) this.#checked.add(keyOf(place));
    this.#applyHookRules(place, view, hooks);
    return allHooks(hooks).map((hook) => ({
      pod: view,
      hook,
      place: hook.source === "spec" ? this.#spec.place : placeOf(place),
    }));
  }

  /** After the pods: what a webhook adds to them is known then. */
  checkWorkload(workload: HookTarget): void {
    if (this.#checked.has(keyOf(workload)) || !mentionsHooks(workload)) return;
    const seen = this.#containers.get(keyOf(workload));
    const view = seen ? { ...workload.view, containers: [...seen.values()] } : workload.view;
    const hooks = checkedHooks(view);
    this.#count("workloads", hooks);
    this.#applyHookRules(workload, view, hooks);
  }

  report(place: FindingPlace, rule: RuleText, fault: Fault): void {
    this.#list.add(place, rule, fault);
  }

  /** Judges the document's entries. @param isWhole whether all pods of the backup were seen */
  finish(isWhole: boolean): CheckResult {
    for (const item of isWhole ? this.#coverage : []) {
      for (const rule of specRules) {
        for (const fault of rule.check(item)) this.#list.add(this.#spec.place, rule, fault);
      }
    }
    return { findings: this.#list.all(), counts: this.#counts };
  }

  #count(what: "pods" | "workloads", hooks: CheckedHooks): void {
    this.#counts[what] += 1;
    this.#counts.hooks += allHooks(hooks).length;
  }

  #applyHookRules(place: HookTarget, view: PodView, hooks: CheckedHooks): void {
    const subject = { place, view, hooks, misplaced: annotationsBeside(place) };
    const pod = `${view.namespace}/${view.name}`;
    for (const rule of hookRules) {
      for (const fault of rule.check(subject)) {
        if (fault.source === "spec") this.#list.add(this.#spec.place, rule, fault, pod);
        else this.#list.add(placeOf(place), rule, fault);
      }
    }
  }

  /** @returns the document's entries that are for the pod */
  #cover(view: PodView): readonly ResolvedResourceHook[] {
    const matching = this.#coverage.filter(({ entry }) => entry.appliesTo(view));
    const own = matching.length > 0 ? checkedHooks(view) : { pre: [], post: [] };
    for (const item of matching) {
      item.matched += 1;
      item.shadowed.pre += own.pre.length;
      item.shadowed.post += own.post.length;
    }
    return matching.map(({ entry }) => entry);
  }

  #rememberContainers(controller: HookTarget, { containers }: PodView): void {
    const key = keyOf(controller);
    const known = this.#containers.get(key) ?? new Map<string, PodContainer>();
    for (const { name } of [...controller.view.containers, ...containers]) {
      known.set(name, { name, running: true });
    }
    this.#containers.set(key, known);
  }
}

type SpecCoverage = {
  readonly entry: ResolvedResourceHook;
  matched: number;
  readonly shadowed: { pre: number; post: number };
};

function mentionsHooks(workload: HookTarget): boolean {
  return mentionsAnyHook(workload.view.annotations) || mentionsAnyHook(annotationsBeside(workload));
}

/** Whether the pod's hooks are those of its template, so that this is where they are mended. */
function hasItsHooks({ annotations }: PodView, { view }: HookTarget): boolean {
  const [own, template] = [hookAnnotations(annotations), hookAnnotations(view.annotations)];
  const keys = Object.keys(own);
  return (
    keys.length > 0 &&
    keys.length === Object.keys(template).length &&
    keys.every((key) => own[key] === template[key])
  );
}

function placeOf({ namespace, resource, name, label }: HookTarget): FindingPlace {
  return { namespace, kind: resource.kind, name, label };
}

function keyOf({ namespace, label }: HookTarget): string {
  return `${namespace} ${label}`;
}
