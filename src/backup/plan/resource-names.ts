import { groupResourceOf } from "../../cluster/group-resource.ts";
import type { ApiResource, Discovery } from "../../cluster/cluster.ts";
import { ArkError } from "../../lib/errors.ts";
import { createIncludesExcludes } from "../../lib/includes-excludes.ts";
import { didYouMean } from "../../lib/suggest.ts";

/** Whether a backup can hold this kind: as Velero, its verbs must include list, create, get and delete. */
export function isEligible(resource: ApiResource): boolean {
  return ["list", "create", "get", "delete"].every((verb) => resource.verbs.includes(verb));
}

/**
 * Turns names as people write them (`po`, `pods`, `Deployment`, `deployments.apps`, `deploy.app`, `*.example.com`) into
 * group-resources of the cluster. Where several groups have the name, the first in discovery's order is meant, as in kubectl.
 */
export type ResourceNames = {
  /** Undefined when nothing has that name. A glob is not a name. */
  find(name: string): ApiResource | undefined;
  /**
   * @param field where the name stands, for the message: "includedResources"
   * @returns "*" as it is; the group-resources that a glob matches
   * @throws ArkError InvalidDocument when it resolves to nothing
   */
  resolve(name: string, field: string): string[];
};

/** @param discovery as the cluster gave it; only eligible resources can be named */
export function createResourceNames(discovery: Discovery): ResourceNames {
  const eligible = discovery.resources.filter(isEligible);
  const find = (name: string): ApiResource | undefined => findResource(name, eligible);
  return {
    find,
    resolve(name, field) {
      if (name === "*") return ["*"];
      const named = isGlob(name) ? matchGlob(name, eligible) : [find(name)];
      const found = named.filter((resource) => resource !== undefined);
      if (found.length === 0) throw unresolvable(name, field, discovery);
      return found.map(groupResourceOf);
    },
  };
}

function isGlob(name: string): boolean {
  return /[*?[]/.test(name);
}

function matchGlob(glob: string, resources: readonly ApiResource[]): ApiResource[] {
  const filter = createIncludesExcludes([glob], []);
  return resources.filter((resource) => filter.shouldInclude(groupResourceOf(resource)));
}

function findResource(name: string, resources: readonly ApiResource[]): ApiResource | undefined {
  const lower = name.toLowerCase();
  const exact = resources.find((resource) => groupResourceOf(resource) === lower);
  if (exact) return exact;
  const dot = lower.indexOf(".");
  const word = dot < 0 ? lower : lower.slice(0, dot);
  // A group may be cut short: "deploy.app" is deployments.apps, as kubectl has it.
  const groupPrefix = dot < 0 ? "" : lower.slice(dot + 1);
  return resources.find(
    (resource) => hasName(resource, word) && resource.group.startsWith(groupPrefix),
  );
}

function hasName(resource: ApiResource, word: string): boolean {
  return (
    resource.resource === word ||
    resource.singular === word ||
    resource.kind.toLowerCase() === word ||
    resource.shortNames.includes(word)
  );
}

function unresolvable(name: string, field: string, discovery: Discovery): ArkError {
  const known = discovery.resources
    .filter(isEligible)
    .flatMap((resource) => [groupResourceOf(resource), resource.resource, ...resource.shortNames]);
  const broken = discovery.failures.map((failure) => failure.groupVersion).join(", ");
  const listed = discovery.resources.some((r) => !isEligible(r) && hasName(r, name.toLowerCase()));
  const why = listed
    ? "it cannot be listed, read, created and deleted"
    : "the server has no such resource";
  return new ArkError(
    "InvalidDocument",
    `${field}: "${name}" matches nothing that can be backed up: ${why}${didYouMean(name, known)}`,
    {
      hint:
        broken === ""
          ? "See `kubectl api-resources --verbs=list,create,get,delete` for what there is."
          : `These API groups did not answer, it may belong to one of them: ${broken}.`,
    },
  );
}
