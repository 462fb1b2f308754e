import { forEachParallel } from "../../lib/bounded-parallel.ts";
import { ArkError, hasCode, messageOf } from "../../lib/errors.ts";
import type { Discovery } from "../cluster.ts";
import { apiVersionOf } from "../group-resource.ts";
import {
  type DiscoveredVersion,
  type GroupVersion,
  groupsOfLegacy,
  resourcesOfLegacy,
  versionsOfAggregated,
} from "./discovery-documents.ts";
import { type JsonRecord, parseJsonRecord } from "./json-fields.ts";
import type { ApiRequest, SendRequest } from "./requests.ts";
import { toArkError } from "./status-error.ts";

/** All groups in one answer where the server can (Kubernetes 1.27 and later), else the list of groups. */
const AGGREGATED = ["v2", "v2beta1"]
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat("application/json")
  .join(",");

/** Requests at once to a server that must be asked for each group version. */
const LEGACY_CONCURRENCY = 8;

export type DiscoverySenders = {
  readonly send: SendRequest;
  /** For one group's document: a group whose server is dead must not hold up the others with long retries. */
  readonly sendToGroup: SendRequest;
};

/**
 * Asks the server for its resources; see Cluster.discover. As client-go: a group version that is stale or cannot be
 * read is a failure of its own, and a resource is taken from the first version of its group that has it, the preferred
 * one before all.
 * @throws ArkError ServerError when the answer is no discovery document, otherwise as Cluster.discover
 */
export async function discoverResources(
  senders: DiscoverySenders,
  signal: AbortSignal,
): Promise<Discovery> {
  const [core, groups] = await Promise.all([
    discoverRoot(senders, "/api", signal),
    discoverRoot(senders, "/apis", signal),
  ]);
  const versions = [...core, ...groups];
  return {
    resources: onceEach(versions),
    failures: versions.flatMap(({ failure }) => failure ?? []),
  };
}

async function discoverRoot(
  { send, sendToGroup }: DiscoverySenders,
  path: string,
  signal: AbortSignal,
): Promise<readonly DiscoveredVersion[]> {
  const document = await getDocument(send, discoveryRequest(path, AGGREGATED), signal);
  if (document["kind"] === "APIGroupDiscoveryList") return versionsOfAggregated(document);
  if (document["kind"] !== "APIGroupList" && document["kind"] !== "APIVersions")
    throw new ArkError("ServerError", `the server's answer to ${path} is not a list of API groups`);
  return discoverLegacy(sendToGroup, document, signal);
}

async function discoverLegacy(
  send: SendRequest,
  document: JsonRecord,
  signal: AbortSignal,
): Promise<readonly DiscoveredVersion[]> {
  const asked = groupsOfLegacy(document).flatMap(({ group, versions }) =>
    versions.map((version) => ({ group, version })),
  );
  const answers: DiscoveredVersion[] = [];
  await forEachParallel(
    asked.entries(),
    LEGACY_CONCURRENCY,
    async ([index, gv]) => {
      answers[index] = await discoverVersion(send, gv, signal);
    },
    signal,
  );
  return answers;
}

async function discoverVersion(
  send: SendRequest,
  gv: GroupVersion,
  signal: AbortSignal,
): Promise<DiscoveredVersion> {
  const groupVersion = apiVersionOf(gv);
  const path = gv.group === "" ? `/api/${gv.version}` : `/apis/${gv.group}/${gv.version}`;
  try {
    const document = await getDocument(send, discoveryRequest(path, "application/json"), signal);
    if (document["kind"] !== "APIResourceList")
      throw new ArkError(
        "ServerError",
        `the server's answer to ${path} is not a list of resources`,
      );
    return { ...gv, resources: resourcesOfLegacy(gv, document) };
  } catch (error) {
    if (!(error instanceof ArkError) || concernsAllGroups(error)) throw error;
    return { ...gv, resources: [], failure: { groupVersion, message: messageOf(error) } };
  }
}

function concernsAllGroups(error: ArkError): boolean {
  return hasCode(error, "Cancelled", "Unauthorized", "ClusterUnreachable", "KubeconfigInvalid");
}

function discoveryRequest(path: string, accept: string): ApiRequest {
  return { method: "GET", path, headers: { accept }, purpose: "discover the API's resources" };
}

async function getDocument(
  send: SendRequest,
  request: ApiRequest,
  signal: AbortSignal,
): Promise<JsonRecord> {
  const response = await send(request, signal);
  if (response.status !== 200) throw toArkError(response, request);
  const document = parseJsonRecord(response.body);
  if (document !== undefined) return document;
  throw new ArkError("ServerError", `the server's answer to ${request.path} is not valid JSON`, {
    hint: "Check that the kubeconfig's server is a Kubernetes API server.",
  });
}

function onceEach(versions: readonly DiscoveredVersion[]): Discovery["resources"] {
  const resources = versions.flatMap((version) => version.resources);
  const first = new Map(
    resources.map((resource) => [keyOf(resource), resource] as const).toReversed(),
  );
  return resources.filter((resource) => first.get(keyOf(resource)) === resource);
}

function keyOf(resource: { readonly group: string; readonly resource: string }): string {
  return `${resource.group}/${resource.resource}`;
}
