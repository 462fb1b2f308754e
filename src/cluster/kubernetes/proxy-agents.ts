import type { Agent as HttpAgent } from "node:http";
import type { AgentOptions } from "node:https";
import type { TunnelRoute } from "./tunnel-agents.ts";

export type ProxyRoute = TunnelRoute & {
  /** Whether the server behind the proxy speaks TLS. */
  readonly isTls: boolean;
};

export type MakeAgent = (options: AgentOptions) => HttpAgent;

/** Loads what the kind of proxy needs: most connections need none of it. */
export async function loadProxyAgents({ proxy, isTls, proxyTls }: ProxyRoute): Promise<MakeAgent> {
  if (proxy.protocol.startsWith("socks")) {
    const { SocksProxyAgent } = await import("socks-proxy-agent");
    // Its time-out would end requests under way, not idle connections.
    return (options) => new SocksProxyAgent(socksUrl(proxy), withoutTimeout(options));
  }
  const { PlainTunnelAgent, TlsTunnelAgent } = await import("./tunnel-agents.ts");
  const TunnelAgent = isTls ? TlsTunnelAgent : PlainTunnelAgent;
  return (options) => new TunnelAgent(options, { proxy, proxyTls });
}

function withoutTimeout(options: AgentOptions): AgentOptions {
  const others = { ...options };
  delete others.timeout;
  return others;
}

/** Go leaves the look-up of the host to the proxy for socks5 as well. */
function socksUrl(proxy: URL): string {
  return proxy.href.replace(/^socks5:/, "socks5h:");
}
