import type { ArkError } from "../lib/errors.ts";

/** PORT: what kubectl-ark needs of a Kubernetes API server. Nothing here knows HTTP or client-node. */

/** A kind of object as discovery gives it: each group and resource once, at the group's preferred version. */
export type ApiResource = {
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural, lower case, without a subresource: "deployments". */
  readonly resource: string;
  readonly kind: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
};

export type Discovery = {
  /** In the server's own order: `/apis` as listed, the core group first. Subresources are left out. */
  readonly resources: readonly ApiResource[];
  /** Groups that could not be discovered (a dead aggregated API), with the reason. Not fatal. */
  readonly failures: readonly DiscoveryFailure[];
};

export type DiscoveryFailure = { readonly groupVersion: string; readonly message: string };

export type OwnerReference = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
};

/** The part of an object's metadata that filters and reports read. */
export type ObjectMeta = {
  readonly name: string;
  /** Absent for cluster-scoped objects. */
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly deletionTimestamp?: string;
  readonly ownerReferences?: readonly OwnerReference[];
};

/**
 * An object as the server sent it. `body` is its JSON text, byte for byte, so that no field is lost and no number or
 * timestamp is rewritten; only apiVersion and kind are put in front where a list leaves them out.
 */
export type RawObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly body: Uint8Array;
};

/** A parsed object, for the few kinds whose content decides something. */
export type KubernetesObject = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
};

export type ListOptions = {
  /** Absent: all namespaces (or a cluster-scoped resource). */
  readonly namespace?: string | undefined;
  /** As the API takes it: "app=db,tier in (a,b)". Absent: everything. */
  readonly labelSelector?: string | undefined;
};

export type ListPage = {
  readonly items: readonly RawObject[];
  /** A remark for the report, such as a list that had to go on with the server's inconsistent token. */
  readonly warning?: string;
};

export type ObjectName = { readonly namespace?: string | undefined; readonly name: string };

export type WriteOptions = {
  /** "server" asks the API server to validate and answer without storing. */
  readonly dryRun?: "server" | undefined;
};

export type PatchType = "merge" | "strategic" | "json";

export type ExecRequest = {
  readonly namespace: string;
  readonly pod: string;
  /** Always given: the API's own default is not used. */
  readonly container: string;
  /** argv; no shell is put around it. */
  readonly command: readonly string[];
  /** Sent as it comes; its end closes the remote stdin. Absent: no stdin is asked for. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** Called for each piece, in order; a returned promise holds the sender back. */
  readonly onStdout?: (chunk: Uint8Array) => void | Promise<void>;
  readonly onStderr?: (chunk: Uint8Array) => void | Promise<void>;
  /** Called once the server has accepted the session: from here on the command may have run. */
  readonly onStarted?: () => void;
};

/**
 * How an exec ended; a value, because every caller must tell these apart.
 * - exited: the status frame came; `exitCode` 0 is success.
 * - rejected: the command surely never started (refused by the API server, no connection).
 * - failed: the session started and the server reported an error that is not an exit code.
 * - unknown: the session ended without a status frame, or the request for it was sent and never answered. The command
 *   may have run, or may still run.
 * - aborted: the caller's signal ended it; the connection is closed, the remote process may go on. `started` is false
 *   only when the request was not sent yet.
 */
export type ExecOutcome =
  | { readonly kind: "exited"; readonly exitCode: number }
  | { readonly kind: "rejected"; readonly error: ArkError }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "unknown"; readonly message: string }
  | { readonly kind: "aborted"; readonly started: boolean };

/** A right, in the words of a role's rules. */
export type AccessRight = {
  readonly verb: string;
  /** "" for the core group. */
  readonly group: string;
  /** Plural, with its subresource: "pods/exec". */
  readonly resource: string;
  /** Absent: all namespaces, or a cluster-scoped resource. */
  readonly namespace?: string | undefined;
  /** Absent: all objects. */
  readonly name?: string | undefined;
};

/** A rule as roles have it; "*" stands for all. */
export type AccessRule = {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  /** Empty: all. */
  readonly resourceNames: readonly string[];
};

export type RulesReview = {
  readonly rules: readonly AccessRule[];
  /** false: an authorizer of the server cannot list what it allows, so that there may be more. */
  readonly isComplete: boolean;
};

/** Where a Cluster speaks to and as whom, for messages, file names and the journal. */
export type ClusterIdentity = {
  readonly context: string;
  readonly cluster: string;
  readonly server: string;
  readonly user: string;
  /** The context's namespace, "default" when it names none. */
  readonly namespace: string;
};

export interface Cluster {
  readonly identity: ClusterIdentity;

  /**
   * All listable and not listable resources of the server.
   * @throws ArkError ClusterUnreachable, Unauthorized, Forbidden, Timeout, Cancelled. A single broken group is a value, not an error.
   */
  discover(signal: AbortSignal): Promise<Discovery>;

  /** @throws ArkError NotFound when the server has no such resource; otherwise as `discover`. */
  serverVersion(signal: AbortSignal): Promise<string>;

  /**
   * All objects of a resource, in pages; the next page is fetched while one is processed. Each object once, even when
   * the list had to be started again. Ending the iteration early ends the requests.
   * @throws ArkError Forbidden (naming verb and resource), NotFound, ClusterUnreachable, Timeout, ServerError, Cancelled
   */
  list(resource: ApiResource, options: ListOptions, signal: AbortSignal): AsyncIterable<ListPage>;

  /** @throws ArkError NotFound, Forbidden, … as `list` */
  get(resource: ApiResource, target: ObjectName, signal: AbortSignal): Promise<RawObject>;

  /** @throws ArkError AlreadyExists, RequestRejected, … as `list` */
  create(
    resource: ApiResource,
    object: KubernetesObject,
    options: WriteOptions,
    signal: AbortSignal,
  ): Promise<RawObject>;

  /**
   * @param patch an object for "merge" and "strategic", an array of operations for "json"
   * @throws ArkError NotFound, Conflict, RequestRejected, … as `list`
   */
  patch(request: PatchRequest, signal: AbortSignal): Promise<RawObject>;

  /** Resolves also when the object is already gone. @throws as `list`, but never NotFound */
  delete(resource: ApiResource, target: ObjectName, signal: AbortSignal): Promise<void>;

  /**
   * What the user may do in a namespace, by the rules that hold there: those for all namespaces among them, and nothing
   * but those when no such namespace can be. Of a cluster-scoped resource a namespace's rules say nothing.
   * @throws ArkError as `list`; also ServerError for an answer that is none
   */
  reviewRules(namespace: string, signal: AbortSignal): Promise<RulesReview>;

  /** Whether the user may do it, by the server's own decision. @throws as `reviewRules` */
  reviewAccess(right: AccessRight, signal: AbortSignal): Promise<boolean>;

  /** Runs a command in a container. Never throws: every end is an ExecOutcome. */
  exec(request: ExecRequest, signal: AbortSignal): Promise<ExecOutcome>;
}

export type PatchRequest = {
  readonly resource: ApiResource;
  readonly target: ObjectName;
  readonly type: PatchType;
  readonly patch: unknown;
  readonly options?: WriteOptions;
};
