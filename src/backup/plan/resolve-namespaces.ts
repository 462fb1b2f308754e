import type { BackupSpec } from "../../api/backup-spec.ts";
import type { ApiResource, Cluster } from "../../cluster/cluster.ts";
import { ArkError, hasCode } from "../../lib/errors.ts";
import { createIncludesExcludes } from "../../lib/includes-excludes.ts";
import { didYouMean } from "../../lib/suggest.ts";

/** Which namespaces a backup covers. */
export type NamespaceScope = {
  /** No include but "*", no exclude at all: only then are cluster-scoped kinds listed in "auto" mode. */
  readonly everything: boolean;
  /** Sorted names when the includes name any; undefined when all are listed at once and filtered one by one. */
  readonly named: readonly string[] | undefined;
  shouldInclude(namespace: string): boolean;
};

export const isGlob = (name: string): boolean => /[*?[]/.test(name);

/**
 * Names are checked against the cluster before anything runs: a misspelt include would back up nothing, a misspelt
 * exclude would run hooks where they are not wanted.
 * @throws ArkError InvalidDocument for a namespace that does not exist or a glob that matches none
 */
export async function resolveNamespaces(
  spec: BackupSpec,
  cluster: Cluster,
  namespaces: ApiResource,
  signal: AbortSignal,
): Promise<NamespaceScope> {
  const lookup = createLookup(cluster, namespaces, signal);
  const includes = spec.includedNamespaces.filter((name) => name !== "*");
  const included = await lookup.resolve(includes, "includedNamespaces");
  const excluded = await lookup.resolve(spec.excludedNamespaces, "excludedNamespaces");
  const filter = createIncludesExcludes(included, excluded);
  const named = includes.length === 0 ? undefined : included.filter((n) => filter.shouldInclude(n));
  if (named?.length === 0) {
    throw new ArkError("InvalidDocument", "every included namespace is excluded again", {
      hint: "Compare includedNamespaces with excludedNamespaces.",
    });
  }
  return {
    everything: includes.length === 0 && excluded.length === 0,
    named: named?.toSorted(),
    shouldInclude: (namespace) => filter.shouldInclude(namespace),
  };
}

type Lookup = { resolve(names: readonly string[], field: string): Promise<string[]> };

function createLookup(cluster: Cluster, resource: ApiResource, signal: AbortSignal): Lookup {
  let all: Promise<string[]> | undefined;
  const listAll = (): Promise<string[]> => (all ??= listNames(cluster, resource, signal));
  const expand = async (name: string, field: string): Promise<string[]> => {
    if (!isGlob(name)) {
      await assertExists({ name, field }, { cluster, resource, listAll }, signal);
      return [name];
    }
    const glob = createIncludesExcludes([name], []);
    const matches = (await listAll()).filter((namespace) => glob.shouldInclude(namespace));
    if (matches.length > 0) return matches;
    throw new ArkError("InvalidDocument", `${field}: no namespace matches "${name}"`, {
      hint: "See `kubectl get namespaces` for what there is.",
    });
  };
  return {
    async resolve(names, field) {
      const found: string[] = [];
      for (const name of names) found.push(...(await expand(name, field)));
      return [...new Set(found)];
    },
  };
}

type LookupTools = {
  readonly cluster: Cluster;
  readonly resource: ApiResource;
  readonly listAll: () => Promise<string[]>;
};

async function assertExists(
  wanted: { readonly name: string; readonly field: string },
  tools: LookupTools,
  signal: AbortSignal,
): Promise<void> {
  try {
    await tools.cluster.get(tools.resource, { name: wanted.name }, signal);
  } catch (error) {
    // Someone with rights in one namespace only may not be able to ask; the lists will tell.
    if (hasCode(error, "Forbidden")) return;
    if (!hasCode(error, "NotFound")) throw error;
    const known = await tools.listAll().catch(() => []);
    throw new ArkError(
      "InvalidDocument",
      `${wanted.field}: there is no namespace "${wanted.name}"${didYouMean(wanted.name, known)}`,
      { hint: "See `kubectl get namespaces` for what there is.", cause: error },
    );
  }
}

async function listNames(
  cluster: Cluster,
  resource: ApiResource,
  signal: AbortSignal,
): Promise<string[]> {
  const names: string[] = [];
  for await (const page of cluster.list(resource, {}, signal)) {
    names.push(...page.items.map((item) => item.metadata.name));
  }
  return names;
}
