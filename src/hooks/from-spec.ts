import type { BackupExecHook, BackupResourceHook } from "../api/backup-spec.ts";
import { ArkError } from "../lib/errors.ts";
import { isGlob } from "../lib/glob.ts";
import { createIncludesExcludes } from "../lib/includes-excludes.ts";
import { matchesLabels } from "../lib/label-selector.ts";
import { didYouMean } from "../lib/suggest.ts";
import type { ExecHook, HookPhase } from "./hook.ts";
import type { PodView } from "./pod-view.ts";

/** An entry of `spec.hooks.resources` whose names are resolved. */
export type ResolvedResourceHook = {
  /** Its place in the spec. */
  readonly index: number;
  /** As in the spec; `hooks.resources[0]` where that is empty (Ark 0.8.1 never ran a hook without a name). */
  readonly name: string;
  readonly pre: readonly ExecHook[];
  readonly post: readonly ExecHook[];
  /** null when the entry sets none. */
  readonly order: number | null;
  /** Whether the entry is for this pod: its namespace, its labels, and `pods` among the resources (as Ark 0.8.1). */
  appliesTo(pod: PodView): boolean;
};

/** Gives "pods", "deployments.apps" for a name as people write it; undefined when there is no such resource. */
export type ResolveResource = (name: string) => string | undefined;

/**
 * @param known names to suggest in place of one that does not resolve
 * @throws ArkError InvalidDocument naming every resource that does not resolve (Ark 0.8.1 dropped them, and a filter of
 * nothing but misspelt names matched every pod)
 */
export function resolveSpecHooks(
  hooks: readonly BackupResourceHook[],
  resolveResource: ResolveResource,
  known: Iterable<string> = ["pods"],
): ResolvedResourceHook[] {
  const problems: string[] = [];
  const resolveList = (names: readonly string[], path: string): string[] =>
    names.map((name, position) => {
      const resolved = isGlob(name) ? name : resolveResource(name);
      if (resolved === undefined) {
        problems.push(
          `${path}[${position}]: there is no resource "${name}"${didYouMean(name, known)}`,
        );
      }
      return resolved ?? name;
    });
  const resolvedHooks = hooks.map((hook, index) => resolveHook(hook, index, resolveList));
  if (problems.length > 0) {
    throw new ArkError("InvalidDocument", problems.join("\n"), {
      hint: "See `kubectl api-resources` for what there is.",
    });
  }
  return resolvedHooks;
}

function resolveHook(
  hook: BackupResourceHook,
  index: number,
  resolveList: (names: readonly string[], path: string) => string[],
): ResolvedResourceHook {
  const path = `hooks.resources[${index}]`;
  const name = hook.name === "" ? path : hook.name;
  const namespaces = createIncludesExcludes(hook.includedNamespaces, hook.excludedNamespaces);
  const resources = createIncludesExcludes(
    resolveList(hook.includedResources, `spec.${path}.includedResources`),
    resolveList(hook.excludedResources, `spec.${path}.excludedResources`),
  );
  const coversPods = resources.shouldInclude("pods");
  return {
    index,
    name,
    pre: hook.pre.map((exec) => toExecHook(exec, name, "pre")),
    post: hook.post.map((exec) => toExecHook(exec, name, "post")),
    order: hook.order,
    appliesTo: (pod) =>
      coversPods &&
      namespaces.shouldInclude(pod.namespace) &&
      (hook.labelSelector === null || matchesLabels(hook.labelSelector, pod.labels)),
  };
}

function toExecHook(exec: BackupExecHook, name: string, phase: HookPhase): ExecHook {
  return { name, source: "spec", phase, ...exec };
}
