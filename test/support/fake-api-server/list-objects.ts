import { jsonResponse, statusResponse } from "./message.ts";
import type { FakeRequest, FakeResponse } from "./message.ts";
import { storeKey } from "./object-store.ts";
import type { FakeObject, ObjectStore } from "./object-store.ts";
import type { FakeResource } from "./resource-types.ts";
import { parseFieldSelector, parseLabelSelector, SelectorError } from "./selectors.ts";
import { badRequest, expired } from "./status.ts";

type ContinueToken = { readonly v: "meta.k8s.io/v1"; readonly rv: number; readonly start: string };

/** LIST, in one namespace or (`namespace` absent) in all, with selectors, limit and continue. */
export function listObjects(
  request: FakeRequest,
  store: ObjectStore,
  type: FakeResource,
  namespace: string | undefined,
): FakeResponse {
  try {
    const token = decodeToken(request.query.get("continue"));
    if (token !== undefined && token.rv >= 0 && store.isCompacted(token.rv))
      return expiredResponse(token.start);
    const isWanted = parseFilter(request.query, namespace);
    const all =
      token !== undefined && token.rv >= 0 ? store.listAt(type, token.rv) : store.list(type);
    const wanted = all.filter(
      (object) => isWanted(object) && keyOf(object) >= (token?.start ?? ""),
    );
    const revision = token !== undefined && token.rv >= 0 ? token.rv : store.revision;
    return jsonResponse(200, listPage(request.query, type, wanted, revision));
  } catch (error) {
    if (error instanceof SelectorError) return statusResponse(badRequest(error.message));
    throw error;
  }
}

/** The 410 that answers a request with a continue token, whatever the token's age. */
export function expireList(request: FakeRequest): FakeResponse {
  return expiredResponse(decodeToken(request.query.get("continue"))?.start ?? "");
}

/** A real server's token for going on without consistency has the revision -1. */
function expiredResponse(start: string): FakeResponse {
  return statusResponse(expired(encodeToken({ v: "meta.k8s.io/v1", rv: -1, start })));
}

function parseFilter(
  query: URLSearchParams,
  namespace: string | undefined,
): (object: FakeObject) => boolean {
  const matchesLabels = parseLabelSelector(query.get("labelSelector") ?? "");
  const fields = query.get("fieldSelector");
  const matchesFields = fields === null ? () => true : parseFieldSelector(fields);
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    matchesLabels(object.metadata.labels ?? {}) &&
    matchesFields(object);
}

function listPage(
  query: URLSearchParams,
  type: FakeResource,
  wanted: readonly FakeObject[],
  revision: number,
): unknown {
  const limit = Number(query.get("limit") ?? "0");
  const hasMore = limit > 0 && wanted.length > limit;
  const page = hasMore ? wanted.slice(0, limit) : wanted;
  const next = wanted[page.length];
  const isFiltered = query.has("labelSelector") || query.has("fieldSelector");
  const more =
    next === undefined
      ? {}
      : {
          continue: encodeToken({ v: "meta.k8s.io/v1", rv: revision, start: keyOf(next) }),
          ...(isFiltered ? {} : { remainingItemCount: wanted.length - page.length }),
        };
  return {
    kind: `${type.kind}List`,
    apiVersion: type.group === "" ? type.version : `${type.group}/${type.version}`,
    metadata: { resourceVersion: String(revision), ...more },
    items: page.map((object) => listItem(type, object)),
  };
}

/** Built-in kinds come without apiVersion and kind in lists; custom resources keep them. */
function listItem(type: FakeResource, object: FakeObject): unknown {
  const { apiVersion: _apiVersion, kind, ...rest } = object;
  if (!type.custom) return rest;
  return { apiVersion: `${type.group}/${type.version}`, kind, ...rest };
}

function keyOf(object: FakeObject): string {
  return storeKey(object.metadata.namespace ?? "", object.metadata.name);
}

function encodeToken(token: ContinueToken): string {
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

function decodeToken(text: string | null): ContinueToken | undefined {
  if (text === null || text === "") return undefined;
  try {
    const token: ContinueToken = JSON.parse(Buffer.from(text, "base64url").toString());
    return token;
  } catch {
    throw new SelectorError("invalid continue token: continue key is not valid");
  }
}
