import type { Agent } from "node:https";
import type { ClusterIdentity } from "../cluster.ts";
import type { SendRequest } from "./requests.ts";

/** What opens a WebSocket to the API server: everything that auth, TLS, proxy and impersonation decide. */
export type WebSocketTarget = {
  /** wss:// (or ws://) URL with path and query. */
  readonly url: string;
  /** Values may be arrays: a header sent several times (Impersonate-Group). */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Carries TLS material and the proxy. An http.Agent when the server speaks plain HTTP. */
  readonly agent: Agent;
};

/** A kubeconfig context turned into a way to speak to its API server. */
export type Connection = {
  readonly identity: ClusterIdentity;
  readonly send: SendRequest;
  /** Credentials are read (and renewed when they are about to expire) at each call. @throws as SendRequest */
  openTarget(
    path: string,
    query: readonly (readonly [string, string])[],
    signal: AbortSignal,
  ): Promise<WebSocketTarget>;
  /** Drops the credentials of an exec plugin or OIDC so that the next call renews them; used once after a 401. */
  renewCredentials(): void;
  /** Ends idle connections, so that the process can end. */
  close(): void;
};
