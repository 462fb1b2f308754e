import { createServer as createHttpServer } from "node:http";
import type { Server as HttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { createSecureContext } from "node:tls";
import {
  caPem,
  expiredKeyPair,
  otherServerKeyPair,
  otherServerName,
  serverKeyPair,
} from "./certificates.ts";

export type ListenerOptions = {
  /** false: plain HTTP. */
  readonly tls?: boolean;
  /** What the server presents: a certificate for localhost (and, by SNI, one for `otherServerName`), or … */
  readonly certificate?: "localhost" | "otherName" | "expired";
  /** 0 when absent: any free port. */
  readonly port?: number;
};

export type Listener = {
  readonly http: HttpServer;
  readonly url: string;
  readonly counts: { tlsHandshakes: number; connections: number };
  close(): Promise<void>;
};

const pairs = { localhost: serverKeyPair, otherName: otherServerKeyPair, expired: expiredKeyPair };

/** Listens on 127.0.0.1. The URL names "localhost" unless another certificate is asked for: then 127.0.0.1. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const counts = { tlsHandshakes: 0, connections: 0 };
  const isTls = options.tls ?? true;
  const http = isTls ? createTlsServer(options) : createHttpServer();
  const sockets = new Set<Socket>();
  http.on("connection", (socket: Socket) => {
    counts.connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  http.on("secureConnection", (socket: Socket) => {
    counts.tlsHandshakes += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    http.once("error", reject);
    http.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const port = portOf(http.address());
  const close = () =>
    new Promise<void>((resolve) => {
      http.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { http, url: `${isTls ? "https" : "http"}://127.0.0.1:${port}`, counts, close };
}

function createTlsServer(options: ListenerOptions) {
  const other = createSecureContext(otherServerKeyPair);
  return createHttpsServer({
    ...pairs[options.certificate ?? "localhost"],
    ca: caPem,
    requestCert: true,
    rejectUnauthorized: false,
    SNICallback: (name, done) => done(null, name === otherServerName ? other : undefined),
  });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("not listening on a port");
  return address.port;
}
