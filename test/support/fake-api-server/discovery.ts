import { jsonResponse, statusResponse, textResponse } from "./message.ts";
import type { FakeRequest, FakeResponse } from "./message.ts";
import type { FakeResource } from "./resource-types.ts";
import { failure } from "./status.ts";

export type DiscoveryState = {
  readonly resources: readonly FakeResource[];
  /** Off: the server answers as one before 1.27. */
  readonly aggregated: boolean;
  /** "group/version" of aggregated APIs whose backend is dead. */
  readonly broken: ReadonlySet<string>;
};

const aggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** /version, /api, /apis and what is below them up to a group's version. Undefined: not a discovery path. */
export function answerDiscovery(
  request: FakeRequest,
  state: DiscoveryState,
): FakeResponse | undefined {
  const [root, group, version, more] = request.path.split("/").slice(1).filter(Boolean);
  if (root === "version" && group === undefined) return jsonResponse(200, serverVersion);
  if (more !== undefined || (root !== "api" && root !== "apis")) return undefined;
  if (root === "api") return coreDiscovery(request, state, group, version);
  if (group === undefined) return listGroups(request, state);
  if (version === undefined) return groupDocument(state, group);
  return resourceList(state, group, version);
}

const serverVersion = {
  major: "1",
  minor: "36",
  gitVersion: "v1.36.3",
  gitCommit: "0000000000000000000000000000000000000000",
  gitTreeState: "clean",
  buildDate: "2026-07-15T00:00:00Z",
  goVersion: "go1.26.8",
  compiler: "gc",
  platform: "linux/amd64",
};

function coreDiscovery(
  request: FakeRequest,
  state: DiscoveryState,
  version: string | undefined,
  more: string | undefined,
): FakeResponse | undefined {
  if (more !== undefined) return undefined;
  if (version !== undefined) return resourceList(state, "", version);
  return (
    aggregatedOr(request, state, [""]) ??
    jsonResponse(200, { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] })
  );
}

function listGroups(request: FakeRequest, state: DiscoveryState): FakeResponse {
  const groups = namedGroups(state);
  return (
    aggregatedOr(request, state, groups) ??
    jsonResponse(200, {
      kind: "APIGroupList",
      apiVersion: "v1",
      groups: groups.map((group) => groupOf(state, group)),
    })
  );
}

function aggregatedOr(
  request: FakeRequest,
  state: DiscoveryState,
  groups: readonly string[],
): FakeResponse | undefined {
  const accepted = (request.headers.accept ?? "*/*").split(",").map((type) => type.trim());
  if (state.aggregated && accepted.includes(aggregatedType)) {
    const items = groups.map((group) => aggregatedGroup(state, group));
    const list = { kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2" };
    return jsonResponse(
      200,
      { ...list, metadata: {}, items },
      { "content-type": aggregatedType, vary: "Accept" },
    );
  }
  if (accepted.some((type) => /^(\*\/\*|application\/(\*|json))(;q=[\d.]+)?$/.test(type)))
    return undefined;
  const message =
    "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf";
  return statusResponse(failure({ code: 406, reason: "NotAcceptable", message, details: {} }));
}

function namedGroups(state: DiscoveryState): string[] {
  return [...new Set(state.resources.map((type) => type.group))].filter((group) => group !== "");
}

function versionsOf(state: DiscoveryState, group: string): string[] {
  const types = state.resources.filter((type) => type.group === group);
  return [...new Set(types.map((type) => type.version))];
}

function typesOf(state: DiscoveryState, group: string, version: string): FakeResource[] {
  return state.resources.filter((type) => type.group === group && type.version === version);
}

function aggregatedGroup(state: DiscoveryState, group: string): unknown {
  const versions = versionsOf(state, group).map((version) => {
    const dead = state.broken.has(`${group}/${version}`);
    const resources = dead ? [] : typesOf(state, group, version).map(aggregatedResource);
    return { version, resources, freshness: dead ? "Stale" : "Current" };
  });
  return { metadata: group === "" ? {} : { name: group }, versions };
}

function aggregatedResource(type: FakeResource): unknown {
  const responseKind = {
    group: type.custom ? type.group : "",
    version: type.custom ? type.version : "",
    kind: type.kind,
  };
  return {
    resource: type.resource,
    responseKind,
    scope: type.namespaced ? "Namespaced" : "Cluster",
    singularResource: type.singular,
    verbs: type.verbs,
    ...(type.shortNames.length > 0 ? { shortNames: type.shortNames } : {}),
    ...(type.categories.length > 0 ? { categories: type.categories } : {}),
    ...(type.subresources.length > 0
      ? {
          subresources: type.subresources.map((name) => ({
            subresource: name,
            responseKind,
            verbs: subresourceVerbs(name),
          })),
        }
      : {}),
  };
}

function groupDocument(state: DiscoveryState, group: string): FakeResponse {
  if (!namedGroups(state).includes(group)) return textResponse(404, "404 page not found\n");
  return jsonResponse(200, { kind: "APIGroup", apiVersion: "v1", ...groupOf(state, group) });
}

function groupOf(state: DiscoveryState, group: string) {
  const versions = versionsOf(state, group).map((version) => ({
    groupVersion: `${group}/${version}`,
    version,
  }));
  return { name: group, versions, preferredVersion: versions[0] };
}

function resourceList(state: DiscoveryState, group: string, version: string): FakeResponse {
  const groupVersion = group === "" ? version : `${group}/${version}`;
  if (state.broken.has(groupVersion)) return textResponse(503, "service unavailable\n");
  const types = typesOf(state, group, version);
  if (types.length === 0) return textResponse(404, "404 page not found\n");
  return jsonResponse(200, {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion,
    resources: types.flatMap(legacyResources),
  });
}

function legacyResources(type: FakeResource): unknown[] {
  const { namespaced, kind, verbs } = type;
  const subresources = type.subresources.map((name) => ({
    name: `${type.resource}/${name}`,
    singularName: "",
    namespaced,
    kind,
    verbs: subresourceVerbs(name),
  }));
  const main = {
    name: type.resource,
    singularName: type.singular,
    namespaced,
    kind,
    verbs,
    ...(type.shortNames.length > 0 ? { shortNames: type.shortNames } : {}),
    ...(type.categories.length > 0 ? { categories: type.categories } : {}),
  };
  return [main, ...subresources];
}

function subresourceVerbs(name: string): readonly string[] {
  if (name === "exec") return ["create", "get"];
  return name === "log" ? ["get"] : ["get", "patch", "update"];
}
