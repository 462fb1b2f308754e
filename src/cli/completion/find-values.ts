import { isEligible } from "../../backup/plan/resource-names.ts";
import type { ApiResource } from "../../cluster/cluster.ts";
import { groupResourceOf } from "../../cluster/group-resource.ts";
import { RECIPES } from "../../hooks/recipes/recipes.ts";
import { type Candidate, type Completion, DIRECTIVE, NOTHING, wordsOf } from "./candidate.ts";
import type { ValueRequest } from "./complete-line.ts";
import type { Sources } from "./open-sources.ts";
import { findContainers, findTargets } from "./target-values.ts";
import type { ValueSource } from "./value-sources.ts";

const NAMESPACES = clusterScoped("", "Namespace", "namespaces");
const SNAPSHOT_CLASSES = clusterScoped(
  "snapshot.storage.k8s.io",
  "VolumeSnapshotClass",
  "volumesnapshotclasses",
);

type Tools = { readonly sources: Sources; readonly signal: AbortSignal };

type Finder = (tools: Tools, request: ValueRequest) => Completion | Promise<Completion>;

const FINDERS: Readonly<Record<Exclude<ValueSource, readonly string[]>, Finder>> = {
  free: () => NOTHING,
  file: () => ({ candidates: [], directive: DIRECTIVE.none }),
  directory: () => ({ candidates: [], directive: DIRECTIVE.directories }),
  "yaml-file": () => ({
    ...wordsOf(["yaml", "yml", "json"]),
    directive: DIRECTIVE.filesWithEnding,
  }),
  context: async ({ sources }) => wordsOf((await sources.kubeconfig()).contexts),
  cluster: async ({ sources }) => wordsOf((await sources.kubeconfig()).clusters),
  user: async ({ sources }) => wordsOf((await sources.kubeconfig()).users),
  namespace: async (tools) => wordsOf(await findNamespaces(tools)),
  resource: async (tools) => wordsOf(await findResources(tools, () => true)),
  "cluster-scoped-resource": async (tools) =>
    wordsOf(await findResources(tools, ({ namespaced }) => !namespaced)),
  "namespaced-resource": async (tools) =>
    wordsOf(await findResources(tools, ({ namespaced }) => namespaced)),
  "snapshot-class": async ({ sources, signal }) =>
    wordsOf(await (await sources.cluster()).listNames({ resource: SNAPSHOT_CLASSES }, signal)),
  "stored-backup": async ({ sources, signal }) =>
    wordsOf(await (await sources.store()).list(signal)),
  "stored-volume": async (tools, { line }) =>
    wordsOf(await findStoredVolumes(line.words[0], tools)),
  recipe: () => wordsOf(RECIPES.map(({ name, title }) => ({ word: name, description: title }))),
  "recipe-parameter": (_tools, { line }) =>
    wordsOf(recipeParameters(line.given["recipe"]), DIRECTIVE.noSpace),
  "frozen-pod": async ({ sources }) => wordsOf(await findFrozenPods(sources)),
  target: (tools, request) => findTargets(request, tools),
  container: async (tools, { line }) => wordsOf(await findContainers(line, tools)),
};

/**
 * The values of a source; those of the cluster and the store as they are now.
 * @throws ArkError when what is asked cannot answer
 */
export async function findValues(
  source: ValueSource,
  request: ValueRequest,
  tools: Tools,
): Promise<Completion> {
  return typeof source === "string" ? FINDERS[source](tools, request) : wordsOf(source);
}

/** Whoever may not list them is likely to have those in the kubeconfig. */
async function findNamespaces({ sources, signal }: Tools): Promise<readonly string[]> {
  try {
    const opened = await sources.cluster();
    return await opened.listNames({ resource: NAMESPACES }, signal);
  } catch (error) {
    const { namespaces } = await sources.kubeconfig();
    if (namespaces.length === 0) throw error;
    return [...new Set(namespaces)];
  }
}

/** As --include-resources takes them: "pods", "deployments.apps". */
async function findResources(
  { sources, signal }: Tools,
  isWanted: (resource: ApiResource) => boolean,
): Promise<readonly string[]> {
  const { resources } = await (await sources.cluster()).cluster.discover(signal);
  return resources
    .filter((resource) => isEligible(resource) && isWanted(resource))
    .map(groupResourceOf);
}

async function findStoredVolumes(
  backup: string | undefined,
  { sources, signal }: Tools,
): Promise<readonly string[]> {
  if (backup === undefined) return [];
  const { readBackupRecord } = await import("../stored-backups.ts");
  const record = await readBackupRecord(await sources.store(), backup, signal);
  const volumes = record?.blocks.flatMap((block) => block.volumes) ?? [];
  return volumes.filter(({ data }) => data !== undefined).map(({ claim }) => claim);
}

function recipeParameters(name: unknown): Candidate[] {
  const recipe = RECIPES.find((one) => one.name === name);
  return (recipe?.parameters ?? []).map((parameter) => ({
    word: `${parameter.name}=`,
    description: parameter.meaning,
  }));
}

async function findFrozenPods(sources: Sources): Promise<Candidate[]> {
  const { entries } = await (await sources.journal()).entries();
  return entries.map(({ namespace, pod, backup, context }) => ({
    word: `${namespace}/${pod}`,
    description: `frozen by backup ${backup} in ${context}`,
  }));
}

/** As every server has it: it need not be discovered. */
function clusterScoped(group: string, kind: string, resource: string): ApiResource {
  const names = { resource, kind, singular: kind.toLowerCase(), shortNames: [], categories: [] };
  return { group, version: "v1", ...names, namespaced: false, verbs: ["list"] };
}
