import { throwIfAborted } from "../../lib/errors.ts";
import type { ClusterIdentity } from "../cluster.ts";
import type { Connection } from "./connection.ts";
import type { Credential, CredentialSource } from "./credentials.ts";
import { exchange } from "./http-exchange.ts";
import type { ExchangeTools } from "./http-exchange.ts";
import { impersonationHeaders } from "./impersonation.ts";
import type { HeaderValues } from "./impersonation.ts";
import { renewOnUnauthorized } from "./renew-on-unauthorized.ts";
import { checkHeaders, identityHeaders, requestHeaders } from "./request-headers.ts";
import type { SendRequest } from "./requests.ts";
import type { SelectedContext } from "./select-context.ts";
import type { ServerAgents } from "./server-agents.ts";
import { pathBelow } from "./server-url.ts";

export type ConnectionParts = {
  readonly selection: SelectedContext;
  readonly server: URL;
  readonly credentials: CredentialSource;
  readonly agents: ServerAgents;
  readonly tools: ExchangeTools;
};

/** Puts credentials, agents and impersonation together for requests and WebSockets. */
export function openConnection(parts: ConnectionParts): Connection {
  const { selection, server, credentials, agents, tools } = parts;
  const impersonation = impersonationHeaders(selection.user);
  let generation = 0;

  const present = async (signal: AbortSignal): Promise<Presented> => {
    throwIfAborted(signal);
    const credential = await credentials.current(signal);
    return { credential, headers: checkHeaders(identityHeaders(credential, impersonation)) };
  };
  const sendOnce: SendRequest = async (request, signal) => {
    const { credential, headers } = await present(signal);
    const agent = agents.agentFor("requests", credential.clientCertificate);
    const { disableCompression } = selection.cluster;
    const all = checkHeaders(requestHeaders(request, headers, disableCompression));
    return exchange(request, { server, agent, headers: all }, tools, signal);
  };
  const renewCredentials = (): void => {
    generation += 1;
    credentials.renew();
  };
  return {
    identity: identityOf(selection, server),
    send: credentials.renewable
      ? renewOnUnauthorized(sendOnce, { generation: () => generation, renew: renewCredentials })
      : sendOnce,
    openTarget: async (path, query, signal) => {
      const { credential, headers } = await present(signal);
      const agent = agents.agentFor("webSockets", credential.clientCertificate);
      return { url: webSocketUrl(server, path, query), headers, agent };
    },
    renewCredentials,
    close: () => {
      credentials.close();
      agents.close();
    },
  };
}

type Presented = { readonly credential: Credential; readonly headers: HeaderValues };

function webSocketUrl(
  server: URL,
  path: string,
  query: readonly (readonly [string, string])[],
): string {
  const url = new URL(server);
  url.protocol = server.protocol === "https:" ? "wss:" : "ws:";
  const parameters = new URLSearchParams(query.map((pair) => [...pair])).toString();
  return `${url.origin}${pathBelow(server, path)}${parameters === "" ? "" : `?${parameters}`}`;
}

function identityOf(selection: SelectedContext, server: URL): ClusterIdentity {
  return {
    context: selection.contextName,
    cluster: selection.clusterName,
    server: server.href.replace(/\/$/, ""),
    user: selection.userName,
    namespace: selection.namespace ?? "default",
  };
}
