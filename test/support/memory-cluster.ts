import { ArkError, throwIfAborted } from "../../src/lib/errors.ts";
import { matchesLabels } from "../../src/lib/label-selector.ts";
import { parseLabelSelector } from "../../src/lib/parse-label-selector.ts";
import type {
  AccessRight,
  ApiResource,
  Cluster,
  ClusterIdentity,
  Discovery,
  DiscoveryFailure,
  ExecOutcome,
  ExecRequest,
  KubernetesObject,
  ListOptions,
  ListPage,
  ObjectName,
  PatchRequest,
  RawObject,
  RulesReview,
  WriteOptions,
} from "../../src/cluster/cluster.ts";
import { apiVersionOf, groupResourceOf } from "../../src/cluster/group-resource.ts";
import { parseRawObject, rawObjectFromJson } from "../../src/cluster/raw-object.ts";
import { endOnAbort } from "./end-on-abort.ts";
import { jsonPatch, mergePatch } from "./fake-api-server/patches.ts";
import { defaultResources } from "./fake-api-server/resource-types.ts";
import { type Failure, MemoryFailures } from "./memory-failures.ts";
import { MemoryObjects } from "./memory-objects.ts";
import { endsProcess, says } from "./process-endings.ts";

export type ExecHandler = (
  request: ExecRequest,
  signal: AbortSignal,
) => Promise<ExecOutcome> | ExecOutcome;

export type MemoryClusterOptions = {
  readonly objects?: readonly KubernetesObject[];
  readonly resources?: readonly ApiResource[];
  readonly discoveryFailures?: readonly DiscoveryFailure[];
  readonly identity?: Partial<ClusterIdentity>;
  readonly pageSize?: number;
  /** Absent: every command exits with 0. */
  readonly onExec?: ExecHandler;
};

type PodLike = {
  readonly spec?: {
    readonly containers?: readonly { readonly name: string }[];
    readonly initContainers?: readonly { readonly name: string }[];
  };
};

const defaultIdentity: ClusterIdentity = {
  context: "test",
  cluster: "test",
  server: "https://memory.test",
  user: "tester",
  namespace: "default",
};

/** A Cluster over a Map: a test seeds it, orders its failures and reads what was asked of it. */
export class MemoryCluster implements Cluster {
  readonly identity: ClusterIdentity;
  /** Each exec, in order of arrival. */
  readonly execs: ExecRequest[] = [];
  /** Each attempt to end the process of a hook, in order of arrival; these are not among `execs`. */
  readonly endings: ExecRequest[] = [];
  /** Replaceable at any time. */
  onExec: ExecHandler;
  /** What becomes of the process of a hook; replaceable at any time. */
  onEnding: ExecHandler = says("ended 7");
  readonly #objects = new MemoryObjects();
  readonly #failures = new MemoryFailures();
  readonly #resources: readonly ApiResource[];
  readonly #discoveryFailures: readonly DiscoveryFailure[];
  readonly #pageSize: number;

  constructor(options: MemoryClusterOptions = {}) {
    this.identity = { ...defaultIdentity, ...options.identity };
    this.onExec = options.onExec ?? (() => ({ kind: "exited", exitCode: 0 }));
    this.#resources = preferred(options.resources ?? defaultResources);
    this.#discoveryFailures = options.discoveryFailures ?? [];
    this.#pageSize = options.pageSize ?? 500;
    this.add(...(options.objects ?? []));
  }

  /** Stores objects (apiVersion and kind tell where), replacing those of the same name. */
  add(...objects: readonly KubernetesObject[]): void {
    for (const object of objects) this.#objects.put(this.resourceOf(object), object);
  }

  fail(failure: Failure): void {
    this.#failures.add(failure);
  }

  /** The stored object; undefined when there is none. */
  find(resource: string, name: string, namespace?: string): KubernetesObject | undefined {
    return this.#objects.find(this.resource(resource), { name, namespace });
  }

  /** A resource by its Ark name: "pods", "deployments.apps". */
  resource(name: string): ApiResource {
    const found = this.#resources.find((resource) => groupResourceOf(resource) === name);
    if (found === undefined) throw new Error(`the memory cluster has no resource ${name}`);
    return found;
  }

  resourceOf(object: KubernetesObject): ApiResource {
    const { apiVersion, kind } = object;
    const found = this.#resources.find(
      (resource) => resource.kind === kind && apiVersionOf(resource) === apiVersion,
    );
    if (found === undefined) throw new Error(`the memory cluster has no ${apiVersion} ${kind}`);
    return found;
  }

  async discover(signal: AbortSignal): Promise<Discovery> {
    throwIfAborted(signal);
    this.#failures.check({ verb: "discover" });
    return { resources: this.#resources, failures: this.#discoveryFailures };
  }

  async serverVersion(signal: AbortSignal): Promise<string> {
    throwIfAborted(signal);
    return "v1.36.3";
  }

  async *list(
    resource: ApiResource,
    { namespace, labelSelector }: ListOptions,
    signal: AbortSignal,
  ): AsyncGenerator<ListPage, void, undefined> {
    this.#begin(signal, { verb: "list", resource, namespace });
    const selector = parseLabelSelector(labelSelector ?? "");
    const items = this.#objects
      .all(resource)
      .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
      .filter(({ metadata }) => matchesLabels(selector, metadata.labels ?? {}))
      .map(toRawObject);
    for (let start = 0; start < items.length; start += this.#pageSize) {
      throwIfAborted(signal);
      yield { items: items.slice(start, start + this.#pageSize) };
    }
  }

  async get(resource: ApiResource, target: ObjectName, signal: AbortSignal): Promise<RawObject> {
    this.#begin(signal, { verb: "get", resource, ...target });
    return toRawObject(this.#objects.get(resource, target));
  }

  async create(
    resource: ApiResource,
    object: KubernetesObject,
    options: WriteOptions,
    signal: AbortSignal,
  ): Promise<RawObject> {
    const { namespace, name } = object.metadata;
    this.#begin(signal, { verb: "create", resource, namespace, name });
    if (this.#objects.find(resource, object.metadata) !== undefined) {
      const message = `${groupResourceOf(resource)} "${name}" already exists`;
      throw new ArkError("AlreadyExists", message);
    }
    return this.#write(resource, object, options);
  }

  async patch(request: PatchRequest, signal: AbortSignal): Promise<RawObject> {
    const { resource, target, type, patch, options = {} } = request;
    this.#begin(signal, { verb: "patch", resource, ...target });
    const current = this.#objects.get(resource, target);
    const patched = type === "json" ? jsonPatch(current, patch) : mergePatch(current, patch);
    return this.#write(resource, parseRawObject(toRawObject(patched)), options);
  }

  async delete(resource: ApiResource, target: ObjectName, signal: AbortSignal): Promise<void> {
    this.#begin(signal, { verb: "delete", resource, ...target });
    this.#objects.delete(resource, target);
  }

  /** All that no ordered failure forbids: "create" of "pods/exec" can be forbidden as well. */
  async reviewRules(namespace: string, signal: AbortSignal): Promise<RulesReview> {
    throwIfAborted(signal);
    const rules = this.#failures.rulesBeside(this.#resources, namespace);
    return { rules, isComplete: true };
  }

  async reviewAccess(right: AccessRight, signal: AbortSignal): Promise<boolean> {
    throwIfAborted(signal);
    return !this.#failures.forbids(right);
  }

  async exec(request: ExecRequest, signal: AbortSignal): Promise<ExecOutcome> {
    if (signal.aborted) return { kind: "aborted", started: false };
    const isEnding = endsProcess(request);
    (isEnding ? this.endings : this.execs).push(request);
    const error = this.#execError(request);
    if (error !== undefined) return { kind: "rejected", error };
    request.onStarted?.();
    const handler = isEnding ? this.onEnding : this.onExec;
    return endOnAbort(handler(request, signal), signal);
  }

  #execError({ namespace, pod, container }: ExecRequest): ArkError | undefined {
    const found = this.find("pods", pod, namespace);
    if (found === undefined) return new ArkError("NotFound", `pods "${pod}" not found`);
    if (containerNames(found).includes(container)) return undefined;
    return new ArkError("RequestRejected", `container ${container} is not valid for pod ${pod}`);
  }

  #write(resource: ApiResource, object: KubernetesObject, options: WriteOptions): RawObject {
    const isDryRun = options.dryRun === "server";
    return toRawObject(
      isDryRun ? this.#objects.complete(resource, object) : this.#objects.put(resource, object),
    );
  }

  #begin(signal: AbortSignal, call: Parameters<MemoryFailures["check"]>[0]): void {
    throwIfAborted(signal);
    const { resource } = call;
    const isServed = this.#resources.some(
      (served) => resource && groupResourceOf(served) === groupResourceOf(resource),
    );
    if (!isServed)
      throw new ArkError("NotFound", "the server could not find the requested resource");
    this.#failures.check(call);
  }
}

function containerNames(pod: KubernetesObject): readonly string[] {
  const { spec } = parseRawObject<KubernetesObject & PodLike>(toRawObject(pod));
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map(({ name }) => name);
}

function toRawObject(object: unknown): RawObject {
  return rawObjectFromJson(Buffer.from(JSON.stringify(object)));
}

function preferred(resources: readonly ApiResource[]): readonly ApiResource[] {
  return [...Map.groupBy(resources, groupResourceOf).values()].flatMap((versions) =>
    versions.slice(0, 1),
  );
}
