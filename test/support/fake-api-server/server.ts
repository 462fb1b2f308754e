import type { Authorizer } from "./access.ts";
import type { ApiState } from "./api.ts";
import { caPem } from "./certificates.ts";
import { simulatedContainer } from "./container-runtime.ts";
import type { ContainerRuntime } from "./container-runtime.ts";
import type { FaultRule } from "./faults.ts";
import { kubeconfigText } from "./kubeconfig.ts";
import type { KubeconfigOptions } from "./kubeconfig.ts";
import { listen } from "./listener.ts";
import type { Listener, ListenerOptions } from "./listener.ts";
import type { FakeRequest } from "./message.ts";
import { ObjectStore } from "./object-store.ts";
import type { FakeObject } from "./object-store.ts";
import { defaultResources } from "./resource-types.ts";
import type { FakeResource } from "./resource-types.ts";
import { Traffic } from "./traffic.ts";
import type { Admission, WriteObserver } from "./write-objects.ts";

export type FakeApiServerOptions = ListenerOptions & {
  /** Instead of `defaultResources`. */
  readonly resources?: readonly FakeResource[];
  /** Default true; false: as a server before 1.27. */
  readonly aggregatedDiscovery?: boolean;
  /** "group/version" whose backend is dead, such as "metrics.k8s.io/v1beta1". */
  readonly brokenGroups?: readonly string[];
  /** What a container does. Default: `simulatedContainer`. */
  readonly containerRuntime?: ContainerRuntime;
  /** Default: v5 and v4. */
  readonly execProtocols?: readonly string[];
  /** Default: everything is allowed. */
  readonly authorize?: Authorizer;
  readonly admit?: Admission;
  /** Told of every object that a request created or changed; may `put` more, as a controller would. */
  readonly onWrite?: WriteObserver;
  /** Bearer token → user; the map may change while the server runs. */
  readonly tokens?: ReadonlyMap<string, string>;
  /** Default true; false: 401 without credentials. */
  readonly allowAnonymous?: boolean;
};

export type FakeApiServer = {
  readonly url: string;
  readonly caPem: string;
  readonly counters: {
    readonly tlsHandshakes: number;
    readonly connections: number;
    /** By "GET /api/v1/pods", exec by "GET …/exec". */
    readonly requests: ReadonlyMap<string, number>;
  };
  /** Every request in order of arrival, exec included. */
  readonly requests: readonly FakeRequest[];
  /** "namespace/pod path" of filesystems that the simulated fsfreeze froze. */
  readonly frozen: ReadonlySet<string>;
  /** Text of a kubeconfig for this server. */
  kubeconfig(options?: KubeconfigOptions): string;
  /** Stores an object (and its namespace) whatever it contains; resolves its resource by apiVersion and kind. */
  put(object: FakeObject): FakeObject;
  get(apiVersion: string, kind: string, name: string, namespace?: string): FakeObject | undefined;
  remove(apiVersion: string, kind: string, name: string, namespace?: string): boolean;
  /** Continue tokens given until now are too old from here on (410). */
  compact(): void;
  fault(rule: FaultRule): void;
  clearFaults(): void;
  close(): Promise<void>;
};

/** A small, faithful API server on 127.0.0.1, over TLS. Close it, or the process stays alive. */
export async function startFakeApiServer(
  options: FakeApiServerOptions = {},
): Promise<FakeApiServer> {
  const listener = await listen(options);
  return new RunningServer(listener, options);
}

class RunningServer implements FakeApiServer {
  readonly url: string;
  readonly caPem = caPem;
  readonly frozen = new Set<string>();
  readonly #listener: Listener;
  readonly #state: ApiState;
  readonly #traffic: Traffic;

  constructor(listener: Listener, options: FakeApiServerOptions) {
    this.#listener = listener;
    this.url = listener.url;
    this.#state = {
      store: new ObjectStore(),
      discovery: {
        resources: options.resources ?? defaultResources,
        aggregated: options.aggregatedDiscovery ?? true,
        broken: new Set(options.brokenGroups),
      },
      authorize: options.authorize ?? (() => true),
      admit: options.admit ?? (() => undefined),
      onWrite: options.onWrite ?? (() => {}),
    };
    this.#traffic = new Traffic(listener, this.#state, {
      runtime: options.containerRuntime ?? simulatedContainer(this.frozen),
      execProtocols: options.execProtocols ?? ["v5.channel.k8s.io", "v4.channel.k8s.io"],
      tokens: options.tokens ?? new Map(),
      allowAnonymous: options.allowAnonymous ?? true,
    });
  }

  get requests() {
    return this.#traffic.requests;
  }

  get counters() {
    return { ...this.#listener.counts, requests: this.#traffic.counts };
  }

  kubeconfig(options: KubeconfigOptions = {}): string {
    return kubeconfigText(this.url, options);
  }

  put(object: FakeObject): FakeObject {
    const type = this.#typeOf(object.apiVersion, object.kind);
    const stored = this.#state.store.put(type, object);
    const { namespace } = stored.metadata;
    if (namespace !== undefined && this.get("v1", "Namespace", namespace) === undefined)
      this.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    return stored;
  }

  get(apiVersion: string, kind: string, name: string, namespace = ""): FakeObject | undefined {
    return this.#state.store.get(this.#typeOf(apiVersion, kind), namespace, name);
  }

  remove(apiVersion: string, kind: string, name: string, namespace = ""): boolean {
    return this.#state.store.delete(this.#typeOf(apiVersion, kind), namespace, name);
  }

  compact(): void {
    this.#state.store.compact();
  }

  fault(rule: FaultRule): void {
    this.#traffic.faults.add(rule);
  }

  clearFaults(): void {
    this.#traffic.faults.clear();
  }

  close(): Promise<void> {
    return this.#listener.close();
  }

  #typeOf(apiVersion: string, kind: string): FakeResource {
    const type = this.#state.discovery.resources.find((candidate) => {
      const { group, version } = candidate;
      return (
        candidate.kind === kind && apiVersion === (group === "" ? version : `${group}/${version}`)
      );
    });
    if (type === undefined) throw new Error(`the fake API server has no ${apiVersion} ${kind}`);
    return type;
  }
}
