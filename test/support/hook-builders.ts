import type { BackupExecHook, BackupResourceHook } from "../../src/api/backup-spec.ts";
import type { ExecHook } from "../../src/hooks/hook.ts";
import type { PodView } from "../../src/hooks/pod-view.ts";

/** A running pod ns/name with one container `foo`. */
export function aPod(changes: Partial<PodView> = {}): PodView {
  return {
    namespace: "ns",
    name: "name",
    uid: "uid-1",
    labels: {},
    annotations: {},
    phase: "Running",
    containers: [{ name: "foo", running: true }],
    claims: [],
    serviceAccount: "default",
    ...changes,
  };
}

/** A pre hook of the spec that runs `/bin/ls` in the first container. */
export function aHook(changes: Partial<ExecHook> = {}): ExecHook {
  return {
    name: "hook1",
    source: "spec",
    phase: "pre",
    container: "",
    command: ["/bin/ls"],
    onError: "Fail",
    timeoutMs: 30_000,
    warnings: [],
    ...changes,
  };
}

/** An entry of a spec's hooks that is for every pod. */
export function aSpecHook(changes: Partial<BackupResourceHook> = {}): BackupResourceHook {
  return {
    name: "hook1",
    includedNamespaces: [],
    excludedNamespaces: [],
    includedResources: [],
    excludedResources: [],
    labelSelector: null,
    pre: [],
    post: [],
    order: null,
    ...changes,
  };
}

export function aSpecExec(...command: readonly string[]): BackupExecHook {
  return { container: "", command, onError: "Fail", timeoutMs: 30_000, warnings: [] };
}
