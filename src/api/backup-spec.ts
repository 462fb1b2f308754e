import { parseGoDuration } from "../lib/duration.ts";
import type { LabelSelector } from "../lib/label-selector.ts";
import { shorten } from "../lib/shorten.ts";
import type { BackupSpecFields, HookFields, ResourceHookFields } from "./backup-schema.ts";

type Texts = readonly string[];

/** A backup's spec with every default settled: lists are never absent, null stands for a choice left open. */
export type BackupSpec = {
  readonly includedNamespaces: Texts;
  readonly excludedNamespaces: Texts;
  readonly includedResources: Texts;
  readonly excludedResources: Texts;
  readonly includedClusterScopedResources: Texts;
  readonly excludedClusterScopedResources: Texts;
  readonly includedNamespaceScopedResources: Texts;
  readonly excludedNamespaceScopedResources: Texts;
  readonly labelSelector: LabelSelector | null;
  readonly orLabelSelectors: readonly LabelSelector[];
  /** null: automatic (as Ark 0.8.1). */
  readonly includeClusterResources: boolean | null;
  /** null: where it is possible. */
  readonly snapshotVolumes: boolean | null;
  /** How long a snapshot may take until it is cut, and then until it can be used; null: not said. */
  readonly csiSnapshotTimeoutMs: number | null;
  /** null: never expires. */
  readonly ttlMs: number | null;
  /** Resource to the names of its objects ("ns/name") that go first. */
  readonly orderedResources: Readonly<Record<string, Texts>>;
  readonly metadataLabels: Readonly<Record<string, string>>;
  readonly hooks: readonly BackupResourceHook[];
};

/** One entry of `spec.hooks.resources`: which pods it is for and what runs in them. */
export type BackupResourceHook = {
  readonly name: string;
  readonly includedNamespaces: Texts;
  readonly excludedNamespaces: Texts;
  readonly includedResources: Texts;
  readonly excludedResources: Texts;
  readonly labelSelector: LabelSelector | null;
  readonly pre: readonly BackupExecHook[];
  readonly post: readonly BackupExecHook[];
  /** null when the entry sets none. */
  readonly order: number | null;
};

export type BackupExecHook = {
  /** "" is the pod's first container. */
  readonly container: string;
  readonly command: Texts;
  readonly onError: "Fail" | "Continue";
  readonly timeoutMs: number;
  readonly warnings: Texts;
};

/** As Ark 0.8.1. */
export const DEFAULT_HOOK_TIMEOUT_MS = 30_000;

/** Settles the defaults of a spec that `parseBackupDocument` accepted. */
export function normalizeBackupSpec(spec: BackupSpecFields): BackupSpec {
  return {
    includedNamespaces: spec.includedNamespaces ?? [],
    excludedNamespaces: spec.excludedNamespaces ?? [],
    includedResources: spec.includedResources ?? [],
    excludedResources: spec.excludedResources ?? [],
    includedClusterScopedResources: spec.includedClusterScopedResources ?? [],
    excludedClusterScopedResources: spec.excludedClusterScopedResources ?? [],
    includedNamespaceScopedResources: spec.includedNamespaceScopedResources ?? [],
    excludedNamespaceScopedResources: spec.excludedNamespaceScopedResources ?? [],
    labelSelector: spec.labelSelector ?? null,
    orLabelSelectors: spec.orLabelSelectors ?? [],
    includeClusterResources: spec.includeClusterResources ?? null,
    snapshotVolumes: spec.snapshotVolumes ?? null,
    csiSnapshotTimeoutMs: durationOr(spec.csiSnapshotTimeout, null),
    ttlMs: durationOr(spec.ttl, null),
    orderedResources: splitNames(spec.orderedResources ?? {}),
    metadataLabels: spec.metadata?.labels ?? {},
    hooks: (spec.hooks?.resources ?? []).map(normalizeResourceHook),
  };
}

function normalizeResourceHook(hook: ResourceHookFields): BackupResourceHook {
  return {
    name: hook.name ?? "",
    includedNamespaces: hook.includedNamespaces ?? [],
    excludedNamespaces: hook.excludedNamespaces ?? [],
    includedResources: hook.includedResources ?? [],
    excludedResources: hook.excludedResources ?? [],
    labelSelector: hook.labelSelector ?? null,
    // As Ark 0.8.1: the deprecated list stands in for an empty `pre`, and is never added to one.
    pre: execHooks(hook.pre?.length ? hook.pre : hook.hooks),
    post: execHooks(hook.post),
    order: hook.order ?? null,
  };
}

function execHooks(entries: readonly HookFields[] | null | undefined): BackupExecHook[] {
  return (entries ?? []).flatMap(({ exec }) => {
    if (!exec) return [];
    const warning = onErrorWarning(exec.onError);
    return [
      {
        container: exec.container ?? "",
        command: exec.command,
        onError: exec.onError === "Continue" ? "Continue" : "Fail",
        timeoutMs: durationOr(exec.timeout, DEFAULT_HOOK_TIMEOUT_MS),
        warnings: warning === undefined ? [] : [warning],
      },
    ];
  });
}

/** The remark on an onError that is neither of Ark's two words and so behaves as Fail; undefined when there is none to make. */
export function onErrorWarning(value: string | null | undefined): string | undefined {
  if (["Fail", "Continue", "", null, undefined].includes(value)) return undefined;
  return `on-error "${shorten(value ?? "")}" is neither Fail nor Continue: it behaves as Fail`;
}

/** Zero and absent both mean "not set" (as Ark 0.8.1). */
function durationOr<Default>(
  text: string | null | undefined,
  otherwise: Default,
): number | Default {
  return parseGoDuration(text ?? "") || otherwise;
}

function splitNames(ordered: Readonly<Record<string, string>>): Record<string, string[]> {
  const entries = Object.entries(ordered).map(([resource, names]) => {
    const list = names.split(",").map((name) => name.trim());
    return [resource, list.filter((name) => name !== "")] as const;
  });
  return Object.fromEntries(entries);
}
