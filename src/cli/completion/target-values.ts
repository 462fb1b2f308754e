import { readHookTarget } from "../../hooks/hook-target.ts";
import type { ApiResource, RawObject } from "../../cluster/cluster.ts";
import type { OpenedNames } from "../compose.ts";
import { type Completion, DIRECTIVE, NOTHING, wordsOf } from "./candidate.ts";
import type { ValueRequest } from "./complete-line.ts";
import type { TypedLine } from "./typed-line.ts";
import type { Sources } from "./open-sources.ts";
import { findWorkloadKind, workloadNames } from "./workload-kinds.ts";

type Tools = { readonly sources: Pick<Sources, "cluster">; readonly signal: AbortSignal };

/**
 * The words that `hooks` commands take: TYPE/NAME…, TYPE NAME… or, with -l or -A, TYPE.
 * @throws ArkError as Cluster.list
 */
export async function findTargets(
  { line, prefix }: ValueRequest,
  tools: Tools,
): Promise<Completion> {
  const slash = prefix.indexOf("/");
  const [first] = line.words;
  const isOfTypes = isSelected(line);
  if (slash >= 0) {
    const type = prefix.slice(0, slash);
    const names = await namesOf(type, tools);
    return wordsOf(names.map((name) => `${type}/${name}`));
  }
  if (first === undefined && isOfTypes) return wordsOf(workloadNames(prefix));
  if (isOfTypes) return NOTHING;
  if (first === undefined || first.includes("/")) {
    return wordsOf(
      workloadNames(prefix).map((name) => `${name}/`),
      DIRECTIVE.noSpace,
    );
  }
  return wordsOf(await namesOf(first, tools));
}

function isSelected({ given }: TypedLine): boolean {
  return given["selector"] !== undefined || given["all-namespaces"] === true;
}

async function namesOf(type: string, tools: Tools): Promise<readonly string[]> {
  const resource = findWorkloadKind(type);
  if (resource === undefined) return [];
  const opened = await tools.sources.cluster();
  return opened.listNames({ resource, namespace: opened.cluster.identity.namespace }, tools.signal);
}

/** The containers of the first object that the line names, or of those that its labels select. @throws ArkError as Cluster.get */
export async function findContainers(line: TypedLine, tools: Tools): Promise<readonly string[]> {
  const [first = "", second] = line.words;
  const [type = "", name = second] = first.split("/");
  const resource = findWorkloadKind(type);
  if (resource === undefined) return [];
  const opened = await tools.sources.cluster();
  const { signal } = tools;
  const { namespace } = opened.cluster.identity;
  const objects =
    name === undefined
      ? await firstPage(
          opened,
          { resource, namespace, labelSelector: line.given["selector"] },
          signal,
        )
      : [await opened.cluster.get(resource, { namespace, name }, signal)];
  const views = objects.map((object) => readHookTarget(object, resource).view);
  return [...new Set(views.flatMap(({ containers }) => containers.map((one) => one.name)))];
}

async function firstPage(
  { cluster }: OpenedNames,
  query: { resource: ApiResource; namespace: string; labelSelector: unknown },
  signal: AbortSignal,
): Promise<readonly RawObject[]> {
  const { resource, namespace, labelSelector } = query;
  if (typeof labelSelector !== "string") return [];
  for await (const page of cluster.list(resource, { namespace, labelSelector }, signal)) {
    return page.items;
  }
  return [];
}
