import type { FakeResource } from "./resource-types.ts";

/** What a path below /api/v1 or /apis/GROUP/VERSION names. */
export type ResourcePath = {
  readonly type: FakeResource;
  /** Absent: all namespaces, or a cluster-scoped resource. */
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
};

/** Undefined when the server has no such path. */
export function parseResourcePath(
  path: string,
  resources: readonly FakeResource[],
): ResourcePath | undefined {
  const segments = path.split("/").slice(1).map(decodeSegment);
  const root = segments.shift();
  if (root !== "api" && root !== "apis") return undefined;
  const group = root === "api" ? "" : segments.shift();
  const version = segments.shift();
  const rest = splitNamespace(segments);
  const type = resources.find(
    (candidate) =>
      candidate.group === group &&
      candidate.version === version &&
      candidate.resource === rest.resource,
  );
  if (type === undefined || rest.tooLong) return undefined;
  if (!type.namespaced && rest.namespace !== undefined) return undefined;
  if (type.namespaced && rest.namespace === undefined && rest.name !== undefined) return undefined;
  return { type, namespace: rest.namespace, name: rest.name, subresource: rest.subresource };
}

function splitNamespace(segments: readonly string[]) {
  const inNamespace =
    segments[0] === "namespaces" &&
    segments.length > 2 &&
    !["status", "finalize"].includes(segments[2] ?? "");
  const [resource, name, subresource, more] = inNamespace ? segments.slice(2) : segments;
  return {
    resource,
    name,
    subresource,
    namespace: inNamespace ? segments[1] : undefined,
    tooLong: more !== undefined,
  };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
