import type { ApiResource, Cluster, RawObject } from "../../cluster/cluster.ts";
import { planBackup, type BackupPlan } from "../../backup/plan/plan-backup.ts";
import { skipReason } from "../../backup/items/item-sink.ts";
import { groupResourceOf } from "../../cluster/group-resource.ts";
import type { SpecToCheck } from "../../hooks/check/check-hooks.ts";
import { HOOK_TARGET_KINDS } from "../../hooks/hook-target.ts";
import { ArkError } from "../../lib/errors.ts";
import type { CliContext } from "../cli-context.ts";
import { escapeLine } from "../print/escape.ts";
import { readBackupRequest } from "./backup-request.ts";
import { resolveTargets, type TargetArguments, type TargetQuery } from "./hooks-targets.ts";

export type ScopeArguments = TargetArguments & {
  readonly "all-namespaces"?: boolean | undefined;
  readonly filename?: string | undefined;
};

/** Where to look: pods before workloads. */
export type HookScope = {
  readonly queries: readonly ScopeQuery[];
  /** By "replicasets.apps". */
  readonly find: (groupResource: string) => ApiResource | undefined;
  /** For "No hooks found in …". */
  readonly place: string;
  readonly showNamespace: boolean;
  /** The document's hooks, with `-f`. */
  readonly spec?: SpecToCheck | undefined;
  includes(object: RawObject): boolean;
};

export type ScopeQuery = Omit<TargetQuery, "namespace"> & {
  /** undefined: all. */
  readonly namespace: string | undefined;
};

/**
 * The objects that the words name; without words every pod and workload of the namespace, or of all (`-A`).
 * @throws ArkError Usage, and what `discover` throws
 */
export async function findHookScope(
  flags: ScopeArguments,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<HookScope> {
  const words = flags.target ?? [];
  const target = words.length > 0 ? words : ["pods"];
  const { queries, namespace, find } = await resolveTargets({ ...flags, target }, cluster, signal);
  const isEverywhere = flags["all-namespaces"] === true;
  if (isEverywhere && queries.some(({ name }) => name !== undefined)) {
    throw new ArkError("Usage", "an object cannot be named across all namespaces", {
      hint: "Give its namespace with -n instead of -A.",
    });
  }
  const chosen = words.length > 0 ? queries : everyKind(queries, find);
  return {
    queries: podsFirst(chosen).map((query) => ({
      ...query,
      namespace: isEverywhere ? undefined : namespace,
    })),
    find,
    place: isEverywhere ? "" : ` in ${namespace} namespace`,
    showNamespace: isEverywhere,
    includes: () => true,
  };
}

function everyKind(
  queries: readonly TargetQuery[],
  find: HookScope["find"],
): readonly TargetQuery[] {
  const kinds = HOOK_TARGET_KINDS.map(find).filter((resource) => resource !== undefined);
  return queries.flatMap((query) => kinds.map((resource) => ({ ...query, resource })));
}

function podsFirst(queries: readonly TargetQuery[]): readonly TargetQuery[] {
  return queries.toSorted((a, b) => Number(isPods(b.resource)) - Number(isPods(a.resource)));
}

export function isPods(resource: ApiResource): boolean {
  return groupResourceOf(resource) === "pods";
}

/** How a backup would run, which nobody asks here. */
const NO_RUN = { parallelism: 1, consistency: "pod", guard: "off", "max-freeze": "5m" } as const;

/**
 * The pods of a Backup document (`-f`), narrowed by -n and -l as in `backup`.
 * @throws ArkError Usage, InvalidDocument as `backup` does
 */
export async function findDocumentScope(
  flags: ScopeArguments & { readonly filename: string },
  cluster: Cluster,
  context: CliContext,
): Promise<HookScope> {
  if ((flags.target ?? []).length > 0) {
    throw new ArkError("Usage", "names and a document (-f) cannot be used together", {
      hint: "The document says which pods; narrow them with -n or -l.",
    });
  }
  const request = await readBackupRequest(
    {
      filename: flags.filename,
      namespace: flags.namespace,
      selector: flags.selector,
      ...NO_RUN,
      ...(flags["all-namespaces"] && { "include-namespaces": ["*"] }),
    },
    () => "backup",
    context,
  );
  for (const warning of request.warnings) {
    context.stderr.write(`warning: ${escapeLine(warning)}\n`);
  }
  const plan = await planBackup(request, cluster, context.signal);
  const { name } = request;
  const place = { namespace: "", kind: "Backup", name, label: `backup/${name}` };
  return {
    queries: podQueries(plan),
    find: (groupResource) => plan.names.find(groupResource),
    place: ` in the pods of ${flags.filename}`,
    showNamespace: true,
    spec: { entries: plan.specHooks, place },
    includes: createPodFilter(plan),
  };
}

function podQueries({ resources, namespaces, selectors }: BackupPlan): ScopeQuery[] {
  return resources
    .filter(isPods)
    .flatMap((resource) =>
      (namespaces.named ?? [undefined]).flatMap((namespace) =>
        selectors.map((labelSelector) => ({ resource, namespace, labelSelector })),
      ),
    );
}

/** A pod that two selectors find is one pod. */
function createPodFilter({ namespaces, selectors }: BackupPlan): (object: RawObject) => boolean {
  const seen = new Set<string>();
  return (object) => {
    const { namespace = "", name } = object.metadata;
    if (skipReason(object) || !namespaces.shouldInclude(namespace)) return false;
    if (selectors.length === 1) return true;
    const key = `${namespace}/${name}`;
    return !seen.has(key) && seen.add(key).has(key);
  };
}
