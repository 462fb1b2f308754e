import { accessOf, forbidden, reviewAccess, reviewRules } from "./access.ts";
import type { Authorizer } from "./access.ts";
import { answerDiscovery } from "./discovery.ts";
import type { DiscoveryState } from "./discovery.ts";
import { listObjects } from "./list-objects.ts";
import { jsonResponse, statusResponse } from "./message.ts";
import type { FakeRequest, FakeResponse } from "./message.ts";
import type { ObjectStore } from "./object-store.ts";
import { parseResourcePath } from "./resource-path.ts";
import type { ResourcePath } from "./resource-path.ts";
import { badRequest, methodNotAllowed, noSuchResource, notFound, unauthorized } from "./status.ts";
import { createObject, deleteObject, updateObject } from "./write-objects.ts";
import type { Admission, WriteObserver } from "./write-objects.ts";

export type ApiState = {
  readonly store: ObjectStore;
  readonly discovery: DiscoveryState;
  readonly authorize: Authorizer;
  readonly admit: Admission;
  readonly onWrite: WriteObserver;
};

/** Answers everything but an accepted exec. */
export function answer(
  request: FakeRequest,
  isAuthenticated: boolean,
  state: ApiState,
): FakeResponse {
  if (!isAuthenticated) return statusResponse(unauthorized());
  const discovery =
    request.method === "GET" ? answerDiscovery(request, state.discovery) : undefined;
  if (discovery !== undefined) return discovery;
  const review = reviewRules(request, state.discovery.resources, state.authorize);
  if (review !== undefined) return review;
  const path = parseResourcePath(request.path, state.discovery.resources);
  if (path === undefined) return statusResponse(noSuchResource());
  return refusalOf(request, path, state) ?? answerResource(request, path, state);
}

/** 405 for a verb that the resource has not, 403 by RBAC. */
export function refusalOf(
  request: FakeRequest,
  path: ResourcePath,
  state: ApiState,
): FakeResponse | undefined {
  const access = accessOf(request, path);
  const isKnown = path.subresource !== undefined || path.type.verbs.includes(access.verb);
  if (!isKnown) return statusResponse(methodNotAllowed());
  const isReview = path.type.resource === "selfsubjectaccessreviews";
  return isReview || state.authorize(access) ? undefined : statusResponse(forbidden(access));
}

function answerResource(request: FakeRequest, path: ResourcePath, state: ApiState): FakeResponse {
  if (path.subresource === "exec") return statusResponse(badRequest("Upgrade request required"));
  if (path.type.resource === "selfsubjectaccessreviews")
    return reviewAccess(request, state.authorize);
  const context = { store: state.store, admit: state.admit, onWrite: state.onWrite };
  const isNamed = path.name !== undefined;
  switch (request.method) {
    case "GET":
      return isNamed
        ? getObject(path, state)
        : listObjects(request, state.store, path.type, path.namespace);
    case "POST":
      return isNamed ? statusResponse(methodNotAllowed()) : createObject(request, path, context);
    case "PUT":
    case "PATCH":
      return isNamed ? updateObject(request, path, context) : statusResponse(methodNotAllowed());
    case "DELETE":
      return isNamed ? deleteObject(request, path, context) : statusResponse(methodNotAllowed());
    default:
      return statusResponse(methodNotAllowed());
  }
}

function getObject(path: ResourcePath, state: ApiState): FakeResponse {
  const { type, name = "" } = path;
  const object = state.store.get(type, path.namespace ?? "", name);
  if (object === undefined) return statusResponse(notFound(type, name));
  const apiVersion = type.group === "" ? type.version : `${type.group}/${type.version}`;
  return jsonResponse(200, { ...object, apiVersion });
}
