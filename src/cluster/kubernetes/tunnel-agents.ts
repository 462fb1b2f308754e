import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type { AgentOptions as HttpAgentOptions, ClientRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { AgentOptions, RequestOptions } from "node:https";
import { isIP, isIPv6 } from "node:net";
import type { Duplex } from "node:stream";
import { bareHost } from "./environment-proxy.ts";

/** A request option: ends a CONNECT that is still waiting for the proxy. Destroying the request does not. */
export type LetGo = { readonly letGo?: AbortSignal | undefined };

export type TunnelRoute = {
  readonly proxy: URL;
  /** How an https proxy itself is verified. */
  readonly proxyTls: { readonly ca?: string[]; readonly rejectUnauthorized?: boolean };
};

type Created = (error: Error | null, stream: Duplex) => void;
type Target = RequestOptions & LetGo;

/** TLS connections through CONNECT of an HTTP proxy. */
export class TlsTunnelAgent extends HttpsAgent {
  readonly #tunnels: Tunnels;

  constructor(options: AgentOptions, route: TunnelRoute) {
    super(options);
    this.#tunnels = new Tunnels(route);
  }

  override createConnection(options: Target, callback: Created): undefined {
    this.#tunnels.open(options, callback, (socket) => {
      const inside = super.createConnection(withSocket(options, socket));
      if (inside) callback(null, inside);
    });
  }

  override destroy(): void {
    this.#tunnels.close();
    super.destroy();
  }
}

/** Plain connections through CONNECT of an HTTP proxy. */
export class PlainTunnelAgent extends HttpAgent {
  readonly #tunnels: Tunnels;

  constructor(options: HttpAgentOptions, route: TunnelRoute) {
    super(options);
    this.#tunnels = new Tunnels(route);
  }

  override createConnection(options: Target, callback: Created): undefined {
    this.#tunnels.open(options, callback, (socket) => callback(null, socket));
  }

  override destroy(): void {
    this.#tunnels.close();
    super.destroy();
  }
}

function withSocket(options: Target, socket: Duplex): RequestOptions {
  return Object.assign({}, options, { socket });
}

/** The CONNECTs of one agent, so that those without an answer can be ended. */
class Tunnels {
  readonly #route: TunnelRoute;
  readonly #waiting = new Set<ClientRequest>();

  constructor(route: TunnelRoute) {
    this.#route = route;
  }

  open(target: Target, onError: Created, onOpen: (socket: Duplex) => void): void {
    const request = connectRequest(target, this.#route);
    const end = (): void => void request.destroy(new Error("the CONNECT was given up"));
    const settle = (): void => {
      this.#waiting.delete(request);
      target.letGo?.removeEventListener("abort", end);
    };
    this.#waiting.add(request);
    request.once("connect", (response, socket, head) => {
      settle();
      if (response.statusCode === 200) {
        if (head.length > 0) socket.unshift(head);
        onOpen(socket);
      } else {
        socket.destroy();
        fail(onError, new Error(`the proxy answered ${response.statusCode}`));
      }
    });
    request.once("error", (error) => {
      settle();
      fail(onError, error);
    });
    target.letGo?.addEventListener("abort", end, { once: true });
    request.end();
    if (target.letGo?.aborted) end();
  }

  close(): void {
    for (const request of this.#waiting) request.destroy(new Error("the agent was closed"));
  }
}

/** Node takes an error without a stream; its type asks for both. */
function fail(created: Created, error: Error): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  (created as (error: Error) => void)(error);
}

function connectRequest({ host, port }: Target, { proxy, proxyTls }: TunnelRoute): ClientRequest {
  const isTls = proxy.protocol === "https:";
  const proxyHost = bareHost(proxy.hostname);
  const authority = `${isIPv6(host ?? "") ? `[${host}]` : host}:${port}`;
  return (isTls ? httpsRequest : httpRequest)({
    ...proxyTls,
    method: "CONNECT",
    host: proxyHost,
    port: proxy.port || (isTls ? 443 : 80),
    path: authority,
    headers: { Host: authority, ...proxyAuthorization(proxy) },
    agent: false,
    // Otherwise taken from the Host header, which names the target.
    ...(isTls && { servername: isIP(proxyHost) === 0 ? proxyHost : "" }),
  });
}

function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "Proxy-Authorization": `Basic ${Buffer.from(login).toString("base64")}` };
}
