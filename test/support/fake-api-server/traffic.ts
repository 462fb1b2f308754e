import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { authenticate } from "./access.ts";
import { answer, refusalOf } from "./api.ts";
import type { ApiState } from "./api.ts";
import type { ContainerRuntime } from "./container-runtime.ts";
import { acceptExec, resolveExec } from "./exec-upgrade.ts";
import type { Upgrade } from "./exec-upgrade.ts";
import { FaultPlan } from "./faults.ts";
import type { Fault } from "./faults.ts";
import type { Listener } from "./listener.ts";
import { statusResponse } from "./message.ts";
import type { FakeRequest, FakeResponse } from "./message.ts";
import { parseResourcePath } from "./resource-path.ts";
import { refuseUpgrade, sendResponse, throughFault } from "./send-response.ts";
import { failure } from "./status.ts";
import { acceptWatch, isWatch } from "./watch-upgrade.ts";

export type TrafficOptions = {
  readonly runtime: ContainerRuntime;
  readonly execProtocols: readonly string[];
  readonly tokens: ReadonlyMap<string, string>;
  readonly allowAnonymous: boolean;
};

type Received = {
  readonly request: FakeRequest;
  readonly fault: Fault | undefined;
  readonly isAuthenticated: boolean;
};

/** Takes requests and upgrades off the listener: logs them, lets faults strike, answers. */
export class Traffic {
  readonly requests: FakeRequest[] = [];
  readonly counts = new Map<string, number>();
  readonly faults = new FaultPlan();
  readonly #state: ApiState;
  readonly #options: TrafficOptions;

  constructor(listener: Listener, state: ApiState, options: TrafficOptions) {
    this.#state = state;
    this.#options = options;
    listener.http.on("request", (message: IncomingMessage, response: ServerResponse) => {
      // A client that goes away in the middle of its own request is part of many tests.
      this.#onRequest(message, response).catch(() => message.socket.destroy());
    });
    listener.http.on("upgrade", (message: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on("error", () => {});
      this.#onUpgrade({ message, socket, head }).catch(() => socket.destroy());
    });
  }

  async #onRequest(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await this.#receive(message);
    const { request, fault } = received;
    const answered = await throughFault(request, fault, () => this.#answer(received));
    if (answered !== undefined) sendResponse(request, answered, response, fault);
    else if (fault?.kind === "resetBeforeHeaders") message.socket.destroy();
  }

  #answer({ request, isAuthenticated }: Received): FakeResponse {
    try {
      return answer(request, isAuthenticated, this.#state);
    } catch (error) {
      const message = `Internal error occurred: ${String(error)}`;
      return statusResponse(failure({ code: 500, reason: "InternalError", message }));
    }
  }

  async #onUpgrade(upgrade: Upgrade): Promise<void> {
    const received = await this.#receive(upgrade.message);
    const { request, fault } = received;
    const result = await throughFault<FakeResponse | "accepted">(request, fault, () =>
      this.#exec(upgrade, received),
    );
    if (result === undefined && fault?.kind === "resetBeforeHeaders") upgrade.socket.destroy();
    if (result !== undefined && result !== "accepted") refuseUpgrade(upgrade.socket, result);
  }

  #exec(upgrade: Upgrade, received: Received): FakeResponse | "accepted" {
    const { request, isAuthenticated, fault } = received;
    const path = parseResourcePath(request.path, this.#state.discovery.resources);
    if (isAuthenticated && path !== undefined && isWatch(request)) {
      return acceptWatch(upgrade, request, path, this.#state.authorize);
    }
    const isExec = isAuthenticated && request.method === "GET" && path?.subresource === "exec";
    if (!isExec || path === undefined) return this.#answer(received);
    const refusal = refusalOf(request, path, this.#state);
    if (refusal !== undefined) return refusal;
    const pod = this.#state.store.get(path.type, path.namespace ?? "", path.name ?? "");
    const resolved = resolveExec(request, path, pod);
    if ("status" in resolved) return resolved;
    const { runtime, execProtocols: protocols } = this.#options;
    acceptExec(upgrade, request, { ...path, ...resolved }, { runtime, protocols, fault });
    return "accepted";
  }

  async #receive(message: IncomingMessage): Promise<Received> {
    const url = new URL(message.url ?? "/", "http://fake");
    const user = authenticate(message, this.#options.tokens, this.#options.allowAnonymous);
    const request: FakeRequest = {
      method: message.method ?? "GET",
      path: url.pathname,
      query: url.searchParams,
      headers: message.headers,
      rawHeaders: message.rawHeaders,
      body: message.headers.upgrade === undefined ? await readBody(message) : "",
      user: user ?? "",
    };
    this.requests.push(request);
    const key = `${request.method} ${request.path}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    return { request, fault: this.faults.take(request), isAuthenticated: user !== undefined };
  }
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
