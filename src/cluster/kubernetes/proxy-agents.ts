import type { Agent as HttpAgent } from "node:http";
import type { AgentOptions } from "node:https";

export type ProxyRoute = {
  readonly proxy: URL;
  /** Whether the server behind the proxy speaks TLS. */
  readonly isTls: boolean;
  /** How an https proxy itself is verified. */
  readonly proxyTls: { readonly ca?: string[]; readonly rejectUnauthorized?: boolean };
};

export type MakeAgent = (options: AgentOptions) => HttpAgent;

/** Loads what the kind of proxy needs: most connections need none of it. */
export async function loadProxyAgents({ proxy, isTls, proxyTls }: ProxyRoute): Promise<MakeAgent> {
  if (proxy.protocol.startsWith("socks")) {
    const { SocksProxyAgent } = await import("socks-proxy-agent");
    // Its time-out would end requests under way, not idle connections.
    return (options) => new SocksProxyAgent(socksUrl(proxy), withoutTimeout(options));
  }
  const { HttpProxyAgent, HttpsProxyAgent } = await import("hpagent");
  const ProxyAgent = isTls ? HttpsProxyAgent : HttpProxyAgent;
  return (options) => new ProxyAgent({ ...options, proxy, proxyRequestOptions: proxyTls });
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
