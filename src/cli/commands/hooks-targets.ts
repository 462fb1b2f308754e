import { createResourceNames } from "../../backup/plan/resource-names.ts";
import type { ApiResource, Cluster, Discovery } from "../../cluster/cluster.ts";
import { canHaveHooks, noHooks } from "../../hooks/hook-target.ts";
import { ArkError } from "../../lib/errors.ts";
import { formatLabelSelector } from "../../lib/label-selector.ts";
import { parseLabelSelector } from "../../lib/parse-label-selector.ts";
import { didYouMean } from "../../lib/suggest.ts";

/** The words and flags that say which objects are meant, as yargs leaves them. */
export type TargetArguments = {
  readonly target?: readonly string[] | undefined;
  readonly namespace?: string | undefined;
  readonly selector?: string | undefined;
};

/** Objects of one resource: one by name, or all that the labels select. */
export type TargetQuery = {
  readonly resource: ApiResource;
  readonly namespace: string;
  readonly name?: string | undefined;
  /** As the API takes it. */
  readonly labelSelector?: string | undefined;
};

export type ResolvedTargets = {
  readonly queries: readonly TargetQuery[];
  readonly namespace: string;
  /** By "replicasets.apps". */
  readonly find: (groupResource: string) => ApiResource | undefined;
};

type Word = { readonly type: string; readonly name?: string };

/**
 * Finds out which resources the words name: TYPE/NAME…, TYPE NAME… or TYPE with a selector, types by any name that kubectl
 * takes.
 * @throws ArkError Usage when the words are not of these forms or a type is unknown or can carry no hooks
 */
export async function resolveTargets(
  flags: TargetArguments,
  cluster: Pick<Cluster, "discover" | "identity">,
  signal: AbortSignal,
): Promise<ResolvedTargets> {
  const words = readWords(flags.target ?? []);
  const labelSelector = readSelector(flags.selector, words);
  const namespace = flags.namespace ?? cluster.identity.namespace;
  if (namespace === "") throw new ArkError("Usage", "--namespace is empty");
  const discovery = await cluster.discover(signal);
  const resourceNames = createResourceNames(discovery);
  const find = (type: string): ApiResource | undefined => resourceNames.find(type);
  const queries = words.map(({ type, name }) => {
    const resource = find(type);
    if (resource === undefined) throw unknownType(type, discovery);
    if (!canHaveHooks(resource)) throw noHooks(resource);
    return { resource, namespace, name, labelSelector };
  });
  return { queries: dropRepeated(queries), namespace, find };
}

function readWords(words: readonly string[]): Word[] {
  const [first, ...names] = words;
  if (first === undefined) return [];
  if (words.some((word) => word.includes("/"))) return words.map(readPair);
  const types = first.split(",");
  return types.flatMap((type): Word[] =>
    names.length === 0 ? [{ type }] : names.map((name) => ({ type, name })),
  );
}

function readPair(word: string): Word {
  const [type = "", name = "", ...rest] = word.split("/");
  if (type !== "" && name !== "" && rest.length === 0) return { type, name };
  throw new ArkError("Usage", `"${word}" is not of the form TYPE/NAME`, {
    hint: "Write deployment/db, or the type and then names without a slash: deployment db.",
  });
}

function readSelector(selector: string | undefined, words: readonly Word[]): string | undefined {
  if (selector === undefined) return undefined;
  if (words.some(({ name }) => name !== undefined)) {
    throw new ArkError("Usage", "names and a selector (-l) cannot be used together");
  }
  return formatLabelSelector(parseLabelSelector(selector));
}

function unknownType(type: string, discovery: Discovery): ArkError {
  const known = discovery.resources
    .filter(canHaveHooks)
    .flatMap(({ resource, singular, shortNames }) => [resource, singular, ...shortNames]);
  const message = `the server has no resource type "${type}"${didYouMean(type, known)}`;
  return new ArkError("Usage", message, {
    hint: "Write TYPE/NAME, such as pod/db-0 or deployment/db.",
  });
}

function dropRepeated(queries: readonly TargetQuery[]): TargetQuery[] {
  const keyOf = ({ resource, name }: TargetQuery): string =>
    `${resource.group}/${resource.resource}/${name ?? ""}`;
  return [...new Map(queries.map((query) => [keyOf(query), query])).values()];
}
