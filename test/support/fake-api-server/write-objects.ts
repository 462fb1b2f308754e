import { jsonResponse, statusResponse } from "./message.ts";
import type { FakeRequest, FakeResponse } from "./message.ts";
import type { FakeMetadata, FakeObject, ObjectStore } from "./object-store.ts";
import { jsonPatch, mergePatch } from "./patches.ts";
import type { ResourcePath } from "./resource-path.ts";
import { alreadyExists, badRequest, conflict, failure, invalid, notFound } from "./status.ts";
import type { Status } from "./status.ts";

/** Programmable validation: a Status refuses the write, as admission or schema validation would. */
export type Admission = (object: FakeObject, operation: "create" | "update") => Status | undefined;

export type WriteObserver = (object: FakeObject, operation: "create" | "update") => void;

export type WriteContext = {
  readonly store: ObjectStore;
  readonly admit: Admission;
  readonly onWrite: WriteObserver;
};

type Draft = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: Partial<FakeMetadata>;
  readonly [field: string]: unknown;
};

const nameRule = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const nameProblem = (name: string): string =>
  `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;

export function createObject(
  request: FakeRequest,
  path: ResourcePath,
  context: WriteContext,
): FakeResponse {
  if (isProtobuf(request)) return statusResponse(unsupportedMediaType());
  const draft: Draft | undefined = parseBody(request.body);
  if (draft === undefined) return statusResponse(badRequest("the body is not a JSON object"));
  const object = withNames(draft, path);
  const problem = problemOfCreate(object, path, context);
  if (problem !== undefined) return statusResponse(problem);
  return jsonResponse(201, store(request, path, context, object));
}

function withNames(draft: Draft, path: ResourcePath): FakeObject {
  const { generateName, ...metadata } = draft.metadata ?? {};
  const generated =
    metadata.name === undefined && typeof generateName === "string"
      ? `${generateName}${Math.random().toString(36).slice(2, 7)}`
      : "";
  return {
    ...draft,
    apiVersion: draft.apiVersion ?? apiVersionOf(path),
    kind: draft.kind ?? path.type.kind,
    metadata: {
      namespace: path.namespace ?? "",
      ...(generateName === undefined ? {} : { generateName }),
      ...metadata,
      name: metadata.name ?? generated,
    },
  };
}

function problemOfCreate(
  object: FakeObject,
  path: ResourcePath,
  context: WriteContext,
): Status | undefined {
  const { name, namespace } = object.metadata;
  const { kind } = path.type;
  if (object.kind !== kind || object.apiVersion !== apiVersionOf(path))
    return badRequest(
      `${kind} in version "${path.type.version}" cannot be handled as a ${kind}: no kind "${object.kind}" is registered for version "${object.apiVersion}"`,
    );
  if (path.namespace !== undefined && namespace !== path.namespace)
    return badRequest(
      "the namespace of the provided object does not match the namespace sent on the request",
    );
  if (name === "")
    return invalid(kind, "", "metadata.name", "Required value: name or generateName is required");
  if (!nameRule.test(name)) return invalid(kind, name, "metadata.name", nameProblem(name));
  const namespaces = { group: "", resource: "namespaces" };
  const namespaceType = { ...path.type, ...namespaces };
  if (
    path.namespace !== undefined &&
    context.store.get(namespaceType, "", path.namespace) === undefined
  )
    return notFound(namespaces, path.namespace);
  if (context.store.get(path.type, path.namespace ?? "", name) !== undefined)
    return alreadyExists(path.type, name);
  return context.admit(object, "create");
}

/** PUT and PATCH of one object; a resourceVersion in the change must be the stored one. */
export function updateObject(
  request: FakeRequest,
  path: ResourcePath,
  context: WriteContext,
): FakeResponse {
  const name = path.name ?? "";
  const current = context.store.get(path.type, path.namespace ?? "", name);
  if (current === undefined) return statusResponse(notFound(path.type, name));
  const changed = changeOf(request, path, current);
  if ("code" in changed) return statusResponse(changed);
  const { object } = changed;
  const version = object.metadata.resourceVersion ?? current.metadata.resourceVersion;
  const isSame = object.metadata.uid === undefined || object.metadata.uid === current.metadata.uid;
  if (version !== current.metadata.resourceVersion || !isSame)
    return statusResponse(conflict(path.type, name));
  const problem = context.admit(object, "update");
  if (problem !== undefined) return statusResponse(problem);
  return jsonResponse(200, store(request, path, context, object));
}

function changeOf(
  request: FakeRequest,
  path: ResourcePath,
  current: FakeObject,
): { readonly object: FakeObject } | Status {
  const body: FakeObject | undefined = parseBody(request.body);
  if (body === undefined) return badRequest("the body is not valid JSON");
  const type = (request.headers["content-type"] ?? "").split(";")[0] ?? "";
  if (request.method === "PUT") return { object: body };
  if (type === "application/json-patch+json") return applyJsonPatch(current, body);
  const isStrategic = type === "application/strategic-merge-patch+json";
  if (type === "application/merge-patch+json" || (isStrategic && !path.type.custom))
    return { object: asObject(mergePatch(current, body)) };
  return unsupportedMediaType();
}

function unsupportedMediaType(): Status {
  return failure({
    code: 415,
    reason: "UnsupportedMediaType",
    message:
      "the body of the request was in an unknown format - accepted media types include: application/json, application/json-patch+json, application/merge-patch+json",
    details: {},
  });
}

function isProtobuf(request: FakeRequest): boolean {
  return request.headers["content-type"] === "application/vnd.kubernetes.protobuf";
}

/** @throws Error when a patch has left no object */
function asObject(value: unknown): FakeObject {
  if (!isFakeObject(value)) throw new Error("the patch leaves no object");
  return value;
}

function isFakeObject(value: unknown): value is FakeObject {
  return typeof value === "object" && value !== null && "metadata" in value;
}

function applyJsonPatch(current: FakeObject, operations: unknown) {
  try {
    return { object: asObject(jsonPatch(current, operations)) };
  } catch {
    const message = "the server rejected our request due to an error in our request";
    return failure({ code: 422, reason: "Invalid", message, details: {} });
  }
}

type DeleteOptions = { readonly preconditions?: { readonly uid?: string } };

/** DELETE of one object: at once, or marked as being deleted while it has finalizers. */
export function deleteObject(
  request: FakeRequest,
  path: ResourcePath,
  context: WriteContext,
): FakeResponse {
  const name = path.name ?? "";
  const namespace = path.namespace ?? "";
  const current = context.store.get(path.type, namespace, name);
  if (current === undefined) return statusResponse(notFound(path.type, name));
  const { uid } = current.metadata;
  const options: DeleteOptions = request.body === "" ? {} : JSON.parse(request.body);
  if ((options.preconditions?.uid ?? uid) !== uid) return statusResponse(conflict(path.type, name));
  if ((current.metadata.finalizers ?? []).length > 0) {
    const deletionTimestamp = current.metadata.deletionTimestamp ?? new Date().toISOString();
    const marked = { ...current, metadata: { ...current.metadata, deletionTimestamp } };
    return jsonResponse(200, store(request, path, context, marked));
  }
  if (request.query.get("dryRun") !== "All") {
    context.store.delete(path.type, namespace, name);
    if (path.type.resource === "namespaces") context.store.deleteNamespace(name);
  }
  return jsonResponse(200, {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: { name, kind: path.type.resource, uid },
  });
}

function store(
  request: FakeRequest,
  path: ResourcePath,
  context: WriteContext,
  object: FakeObject,
): FakeObject {
  if (request.query.get("dryRun") === "All") return object;
  const stored = context.store.put(path.type, object);
  const { deletionTimestamp, finalizers } = stored.metadata;
  if (deletionTimestamp !== undefined && (finalizers ?? []).length === 0)
    context.store.delete(path.type, path.namespace ?? "", stored.metadata.name);
  context.onWrite(stored, request.method === "POST" ? "create" : "update");
  return stored;
}

function apiVersionOf(path: ResourcePath): string {
  const { group, version } = path.type;
  return group === "" ? version : `${group}/${version}`;
}

/** What the body is, is for the caller to know: tests send what a client would. */
function parseBody(body: string): FakeObject | undefined {
  if (body === "") return undefined;
  try {
    const value: FakeObject | null = JSON.parse(body);
    return typeof value === "object" ? (value ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}
