import type {
  ApiResource,
  KubernetesObject,
  ObjectName,
  PatchRequest,
  PatchType,
  WriteOptions,
} from "../cluster.ts";
import type { ApiRequest } from "./requests.ts";
import { creationPath, describeCollection, describeObject, objectPath } from "./resource-path.ts";

/** Whom the server notes in managedFields for what is written. */
const FIELD_MANAGER = "kubectl-ark";

const JSON_TYPE = "application/json";

const PATCH_TYPES: Readonly<Record<PatchType, string>> = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
};

export function versionRequest(): ApiRequest {
  const headers = { accept: JSON_TYPE };
  return { method: "GET", path: "/version", headers, purpose: "read the server's version" };
}

export function getRequest(resource: ApiResource, target: ObjectName): ApiRequest {
  return {
    method: "GET",
    path: objectPath(resource, target),
    headers: { accept: JSON_TYPE },
    purpose: `get ${describeObject(resource, target)}`,
  };
}

export function createRequest(
  resource: ApiResource,
  object: KubernetesObject,
  options: WriteOptions,
): ApiRequest {
  const { namespace, name } = object.metadata;
  return {
    method: "POST",
    path: creationPath(resource, namespace),
    query: writeQuery(options),
    headers: { accept: JSON_TYPE, "content-type": JSON_TYPE },
    body: JSON.stringify(object),
    purpose: name
      ? `create ${describeObject(resource, { namespace, name })}`
      : `create ${describeCollection(resource, namespace)}`,
  };
}

export function patchRequest(request: PatchRequest): ApiRequest {
  const { resource, target, type, patch, options = {} } = request;
  return {
    method: "PATCH",
    path: objectPath(resource, target),
    query: writeQuery(options),
    headers: { accept: JSON_TYPE, "content-type": PATCH_TYPES[type] },
    body: JSON.stringify(patch),
    purpose: `patch ${describeObject(resource, target)}`,
  };
}

export function deleteRequest(resource: ApiResource, target: ObjectName): ApiRequest {
  return {
    method: "DELETE",
    path: objectPath(resource, target),
    headers: { accept: JSON_TYPE },
    purpose: `delete ${describeObject(resource, target)}`,
  };
}

function writeQuery({ dryRun }: WriteOptions): readonly (readonly [string, string])[] {
  const fieldManager = ["fieldManager", FIELD_MANAGER] as const;
  return dryRun === "server" ? [fieldManager, ["dryRun", "All"]] : [fieldManager];
}
