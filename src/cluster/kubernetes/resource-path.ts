import { ArkError } from "../../lib/errors.ts";
import type { ApiResource, ObjectName } from "../cluster.ts";
import { groupResourceOf } from "../group-resource.ts";

/** Path of all objects of a resource, in one namespace or in all: "/apis/apps/v1/namespaces/shop/deployments". */
export function collectionPath(resource: ApiResource, namespace?: string): string {
  const { group, version } = resource;
  const root = group === "" ? ["api", version] : ["apis", group, version];
  const scope = namespace === undefined ? [] : ["namespaces", namespace];
  return encodePath([...root, ...scope, resource.resource]);
}

/**
 * Path under which an object is created.
 * @throws ArkError Internal when the resource is namespaced and no namespace is given: the server would take it for another request
 */
export function creationPath(resource: ApiResource, namespace: string | undefined): string {
  if (!resource.namespaced) return collectionPath(resource);
  if (namespace === undefined || namespace === "")
    throw new ArkError("Internal", `no namespace given for ${groupResourceOf(resource)}`);
  return collectionPath(resource, namespace);
}

/** Path of one object. @throws ArkError Internal as `creationPath`, and when the name is empty */
export function objectPath(resource: ApiResource, target: ObjectName): string {
  if (target.name === "")
    throw new ArkError("Internal", `no name given for ${groupResourceOf(resource)}`);
  return `${creationPath(resource, target.namespace)}${encodePath([target.name])}`;
}

/** For messages: "pods in namespace shop", "pods in all namespaces", "nodes". */
export function describeCollection(resource: ApiResource, namespace: string | undefined): string {
  const name = groupResourceOf(resource);
  if (!resource.namespaced) return name;
  return namespace === undefined
    ? `${name} in all namespaces`
    : `${name} in namespace ${namespace}`;
}

/** For messages: "pods shop/web-0", "nodes worker-1". */
export function describeObject(resource: ApiResource, target: ObjectName): string {
  const path = target.namespace === undefined ? [target.name] : [target.namespace, target.name];
  return `${groupResourceOf(resource)} ${path.join("/")}`;
}

/** @throws ArkError RequestRejected when a segment is not a name: the server would decode it to another path */
function encodePath(segments: readonly string[]): string {
  return segments.map((segment) => `/${encodeSegment(segment)}`).join("");
}

/** As Kubernetes' IsValidPathSegmentName. */
function encodeSegment(segment: string): string {
  if (segment === "." || segment === ".." || /[/%]/.test(segment))
    throw new ArkError(
      "RequestRejected",
      `${JSON.stringify(segment)} cannot be a name in Kubernetes`,
    );
  return encodeURIComponent(segment);
}
