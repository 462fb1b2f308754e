import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { AgentOptions } from "node:https";
import { isIP } from "node:net";
import { checkServerIdentity, createSecureContext } from "node:tls";
import type { ClientCertificate } from "./credentials.ts";
import { bareHost } from "./environment-proxy.ts";
import { loadProxyAgents } from "./proxy-agents.ts";
import type { MakeAgent, ProxyRoute } from "./proxy-agents.ts";
import { machineAuthorities } from "./tls-material.ts";
import type { ServerTrust } from "./tls-material.ts";

/** Where connections go and what they trust; fixed for the life of a Connection. */
export type ServerRoute = {
  readonly server: URL;
  readonly trust: ServerTrust;
  readonly proxy: URL | undefined;
};

export type AgentUse =
  /** Connections are kept for the next request. */
  | "requests"
  /** A connection of its own each time: one that the server has just given up must never carry a command. */
  | "webSockets";

/** Agents that are rebuilt when the client certificate changes, and only then. */
export type ServerAgents = {
  agentFor(use: AgentUse, clientCertificate: ClientCertificate | undefined): HttpsAgent;
  close(): void;
};

/**
 * @param idleMs after which a kept connection is not used again. Load balancers drop idle connections silently, and a
 * POST that meets such a one cannot safely be repeated.
 */
export async function createServerAgents(
  { server, trust, proxy }: ServerRoute,
  idleMs = 20_000,
): Promise<ServerAgents> {
  const isTls = server.protocol === "https:";
  const makeAgent =
    proxy === undefined
      ? directAgents(isTls)
      : await loadProxyAgents({ proxy, isTls, proxyTls: proxyTls(trust) });
  const create = (use: AgentUse, clientCertificate: ClientCertificate | undefined): HttpsAgent => {
    const tls = isTls ? tlsOptions(trust, clientCertificate) : {};
    const kept = { keepAlive: true, keepAliveMsecs: 30_000, timeout: idleMs };
    const options = { ...tls, ...(use === "requests" ? kept : {}) };
    return asConnectionAgent(makeAgent(options));
  };
  const current = new Map<AgentUse, { agent: HttpsAgent; certificate: string | undefined }>();
  const retired: HttpsAgent[] = [];
  return {
    agentFor(use, clientCertificate) {
      const known = current.get(use);
      if (known !== undefined && known.certificate === clientCertificate?.cert) return known.agent;
      if (known !== undefined) {
        endIdle(known.agent);
        retired.push(known.agent);
      }
      const agent = create(use, clientCertificate);
      current.set(use, { agent, certificate: clientCertificate?.cert });
      return agent;
    },
    close() {
      for (const { agent } of current.values()) agent.destroy();
      for (const agent of retired) agent.destroy();
    },
  };
}

/** Requests under way keep their connection: a hook must not be cut off because a certificate was renewed. */
function endIdle(agent: HttpsAgent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}

function directAgents(isTls: boolean): MakeAgent {
  return (options) => (isTls ? new HttpsAgent(options) : new HttpAgent(options));
}

/** Request functions take any agent; the port names the kind that nearly every server needs. */
function asConnectionAgent(agent: HttpAgent): HttpsAgent {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return agent as HttpsAgent;
}

function tlsOptions(
  trust: ServerTrust,
  clientCertificate: ClientCertificate | undefined,
): AgentOptions {
  return {
    // Made once and not for each connection: the machine's authorities alone are hundreds of certificates.
    secureContext: createSecureContext({
      ...(!trust.insecureSkipTlsVerify && { ca: authoritiesOf(trust) }),
      ...clientCertificate,
    }),
    rejectUnauthorized: !trust.insecureSkipTlsVerify,
    ...(trust.serverName !== undefined && verifiedName(trust.serverName)),
    // Exec speaks WebSocket, which is HTTP/1.1.
    ALPNProtocols: ["http/1.1"],
  };
}

/** As Go: an IP address is no SNI, and is verified all the same. */
function verifiedName(serverName: string): AgentOptions {
  const host = bareHost(serverName);
  if (isIP(host) === 0) return { servername: serverName };
  return {
    servername: "",
    checkServerIdentity: (_host, certificate) => checkServerIdentity(host, certificate),
  };
}

function authoritiesOf({ certificateAuthority }: ServerTrust): string[] {
  return certificateAuthority === undefined ? machineAuthorities() : [certificateAuthority];
}

/** An https proxy is verified by the same rules as the server, as Go's transport does. */
function proxyTls(trust: ServerTrust): ProxyRoute["proxyTls"] {
  return trust.insecureSkipTlsVerify ? { rejectUnauthorized: false } : { ca: authoritiesOf(trust) };
}
