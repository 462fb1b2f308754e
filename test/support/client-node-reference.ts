import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { once } from "node:events";
import { createServer, request as httpsRequest } from "node:https";
import type { RequestOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { after } from "node:test";
import { createSecureContext, TLSSocket } from "node:tls";
import type { Connection } from "../../src/cluster/kubernetes/connection.ts";
import { errorCodeOf } from "../../src/lib/error-code.ts";
import { ArkError } from "../../src/lib/errors.ts";
import { neverAborted } from "./connection-environment.ts";
import {
  caPem,
  otherServerKeyPair,
  otherServerName,
  serverKeyPair,
} from "./fake-api-server/certificates.ts";

/** What a server sees of a request: all that a kubeconfig decides. */
export type Seen = {
  readonly path: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly clientCertificate: string | undefined;
  readonly serverName: string | undefined;
};

/** What was seen, or the code of the error that ended the connection before. */
export type Outcome = Seen | { readonly failed: string };

/** A TLS server (for localhost and 127.0.0.1, by SNI also for `otherServerName`) that answers with what it sees. */
export async function startWitness(): Promise<string> {
  const other = createSecureContext(otherServerKeyPair);
  const server = createServer(
    {
      ...serverKeyPair,
      ca: caPem,
      requestCert: true,
      rejectUnauthorized: false,
      SNICallback: (name, done) => done(null, name === otherServerName ? other : undefined),
    },
    ({ socket, headers, url }, response) => {
      if (!(socket instanceof TLSSocket)) throw new Error("a request without TLS");
      const kept = Object.entries(headers).filter(([name]) => /^(auth|impersonate)/.test(name));
      const seen = {
        path: url,
        headers: Object.fromEntries(kept),
        clientCertificate: socket.getPeerX509Certificate()?.subject,
        serverName: "servername" in socket ? socket.servername : undefined,
      };
      response.end(JSON.stringify(seen));
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The body of a GET sent with client-node's own https options. */
export async function getByClientNode(config: KubeConfig, path: string): Promise<Buffer> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const request = httpsRequest(`${config.getCurrentCluster()?.server}${path}`, options);
  const response = Promise.withResolvers<Buffer>();
  request.on("error", response.reject);
  request.on("response", (message) => void buffer(message).then(response.resolve, response.reject));
  request.end();
  return response.promise;
}

export function seenByClientNode(config: KubeConfig, path: string): Promise<Outcome> {
  return outcomeOf(getByClientNode(config, path));
}

export function seenByUs(connection: Connection, path: string): Promise<Outcome> {
  const request = { method: "GET", path, purpose: "compare" } as const;
  return outcomeOf(connection.send(request, neverAborted).then(({ body }) => body));
}

async function outcomeOf(body: Promise<Uint8Array>): Promise<Outcome> {
  try {
    return JSON.parse(Buffer.from(await body).toString("utf8"));
  } catch (error) {
    if (error instanceof ArkError && error.code !== "ClusterUnreachable") throw error;
    const failed = errorCodeOf(error instanceof ArkError ? error.cause : error);
    if (failed === "") throw error;
    return { failed };
  }
}
