import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { jsonResponse, statusResponse } from "./message.ts";
import type { FakeRequest, FakeResponse } from "./message.ts";
import type { ResourcePath } from "./resource-path.ts";
import type { FakeResource } from "./resource-types.ts";
import { badRequest, failure, qualified } from "./status.ts";
import type { Status } from "./status.ts";

/** What RBAC is asked. */
export type AccessRequest = {
  readonly user: string;
  /** get, list, create, patch, update, delete */
  readonly verb: string;
  readonly group: string;
  /** With its subresource: "pods/exec". */
  readonly resource: string;
  /** "" for all namespaces and for cluster-scoped resources. */
  readonly namespace: string;
  readonly name: string;
};

export type Authorizer = (access: AccessRequest) => boolean;

/**
 * Who asks: the impersonated user, a known bearer token's user, or the client certificate's common name.
 * Undefined: a token that the server does not know, or nobody where anonymous access is off.
 */
export function authenticate(
  message: IncomingMessage,
  tokens: ReadonlyMap<string, string>,
  allowAnonymous: boolean,
): string | undefined {
  const user = realUser(message, tokens, allowAnonymous);
  const impersonated = message.headers["impersonate-user"];
  return user !== undefined && typeof impersonated === "string" ? impersonated : user;
}

function realUser(
  message: IncomingMessage,
  tokens: ReadonlyMap<string, string>,
  allowAnonymous: boolean,
): string | undefined {
  const token = /^Bearer (.+)$/.exec(message.headers.authorization ?? "")?.[1];
  if (token !== undefined) return tokens.get(token);
  const { socket } = message;
  if (socket instanceof TLSSocket && socket.authorized) {
    const name = socket.getPeerCertificate().subject.CN;
    if (typeof name === "string") return name;
  }
  return allowAnonymous ? "system:anonymous" : undefined;
}

/** exec counts as "create pods/exec", whether it comes by POST or by WebSocket's GET. */
export function accessOf(request: FakeRequest, path: ResourcePath): AccessRequest {
  const isExec = path.subresource === "exec";
  return {
    user: request.user,
    verb: isExec ? "create" : verbOf(request.method, path.name),
    group: path.type.group,
    resource:
      path.subresource === undefined
        ? path.type.resource
        : `${path.type.resource}/${path.subresource}`,
    namespace: path.namespace ?? "",
    name: path.name ?? "",
  };
}

function verbOf(method: string, name: string | undefined): string {
  if (method === "GET") return name === undefined ? "list" : "get";
  const verbs: Readonly<Record<string, string>> = {
    POST: "create",
    PUT: "update",
    PATCH: "patch",
    DELETE: "delete",
  };
  return verbs[method] ?? method.toLowerCase();
}

export function forbidden(access: AccessRequest): Status {
  const target = { group: access.group, resource: access.resource.split("/")[0] ?? "" };
  const named = access.name === "" ? qualified(target) : `${qualified(target)} "${access.name}"`;
  const where =
    access.namespace === "" ? "at the cluster scope" : `in the namespace "${access.namespace}"`;
  return failure({
    code: 403,
    reason: "Forbidden",
    message: `${named} is forbidden: User "${access.user}" cannot ${access.verb} resource "${access.resource}" in API group "${access.group}" ${where}`,
    details: {
      ...(access.name === "" ? {} : { name: access.name }),
      ...(access.group === "" ? {} : { group: access.group }),
      kind: target.resource,
    },
  });
}

const rulesReviewPath = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";

/** POST selfsubjectrulesreviews: the rights that the same rules give. Undefined for any other request. */
export function reviewRules(
  request: FakeRequest,
  resources: readonly FakeResource[],
  authorize: Authorizer,
): FakeResponse | undefined {
  if (request.method !== "POST" || request.path !== rulesReviewPath) return undefined;
  const review: { readonly spec?: { readonly namespace?: string } } = JSON.parse(request.body);
  const namespace = review.spec?.namespace ?? "";
  if (namespace === "") return statusResponse(badRequest("no namespace on request"));
  const { user } = request;
  const allows = (verb: string, group: string, resource: string): boolean =>
    authorize({ user, verb, group, resource, namespace, name: "" });
  const resourceRules = resources.flatMap(({ group, resource, verbs, subresources }) =>
    [
      { resource, verbs },
      ...subresources.map((name) => ({
        resource: `${resource}/${name}`,
        verbs: ["create", "get"],
      })),
    ].map((each) => ({
      verbs: each.verbs.filter((verb) => allows(verb, group, each.resource)),
      apiGroups: [group],
      resources: [each.resource],
    })),
  );
  return jsonResponse(201, {
    kind: "SelfSubjectRulesReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: {},
    spec: {},
    status: { resourceRules, nonResourceRules: [], incomplete: false },
  });
}

type Review = {
  readonly spec?: {
    readonly resourceAttributes?: Readonly<Record<string, string>>;
  };
};

/** POST selfsubjectaccessreviews: answered by the same rules that the requests meet. */
export function reviewAccess(request: FakeRequest, authorize: Authorizer): FakeResponse {
  const review: Review = JSON.parse(request.body);
  const attributes = review.spec?.resourceAttributes ?? {};
  const resource = attributes["resource"] ?? "";
  const subresource = attributes["subresource"] ?? "";
  const allowed = authorize({
    user: request.user,
    verb: attributes["verb"] ?? "",
    group: attributes["group"] ?? "",
    resource: subresource === "" ? resource : `${resource}/${subresource}`,
    namespace: attributes["namespace"] ?? "",
    name: attributes["name"] ?? "",
  });
  return jsonResponse(201, {
    kind: "SelfSubjectAccessReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: {},
    spec: review.spec,
    status: allowed ? { allowed, reason: "allowed by the test" } : { allowed },
  });
}
