import type {
  ApiResource,
  Cluster,
  ListOptions,
  ListPage,
  RawObject,
} from "../../src/cluster/cluster.ts";
import { groupResourceOf } from "../../src/cluster/group-resource.ts";
import { type ErrorCode, hasCode } from "../../src/lib/errors.ts";

export const never = new AbortController().signal;

export function aborted(): AbortSignal {
  return AbortSignal.abort();
}

/** For assert.rejects. */
export function code(expected: ErrorCode): (error: unknown) => boolean {
  return (error) => hasCode(error, expected);
}

/** For assert.rejects: a Forbidden that names the verb and the resource. */
export function forbids(resource: string): (error: unknown) => boolean {
  const words = new RegExp(`\\b(get|list|create|patch|delete) .*\\b${resource}\\b`);
  return (error) => hasCode(error, "Forbidden") && words.test(error.message);
}

export async function resourceNamed(cluster: Cluster, name: string): Promise<ApiResource> {
  const { resources } = await cluster.discover(never);
  const found = resources.find((resource) => groupResourceOf(resource) === name);
  if (found === undefined) throw new Error(`the cluster has no ${name}`);
  return found;
}

export async function itemsOf(pages: AsyncIterable<ListPage>): Promise<RawObject[]> {
  const items: RawObject[] = [];
  for await (const page of pages) items.push(...page.items);
  return items;
}

/** Names of what a list gives, as "namespace/name", sorted. */
export async function namesListed(
  cluster: Cluster,
  resourceName: string,
  options: ListOptions = {},
): Promise<string[]> {
  const resource = await resourceNamed(cluster, resourceName);
  const items = await itemsOf(cluster.list(resource, options, never));
  return items.map(({ metadata: { namespace = "", name } }) => `${namespace}/${name}`).toSorted();
}
