import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { ContainerRuntime } from "./container-runtime.ts";
import { runExecSession } from "./exec-session.ts";
import type { Fault } from "./faults.ts";
import { statusResponse, textResponse } from "./message.ts";
import type { FakeRequest, FakeResponse } from "./message.ts";
import type { FakeObject } from "./object-store.ts";
import type { ResourcePath } from "./resource-path.ts";
import { badRequest, notFound } from "./status.ts";

export type ExecContext = {
  readonly runtime: ContainerRuntime;
  /** Subprotocols that the server knows. */
  readonly protocols: readonly string[];
  readonly fault: Fault | undefined;
};

export type Upgrade = {
  readonly message: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
};

type Container = { readonly name: string };
type Pod = {
  readonly spec?: {
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
  readonly status?: { readonly phase?: string };
};

/** The container that an exec request means, or the answer with which a real server refuses it. */
export function resolveExec(
  request: FakeRequest,
  path: ResourcePath,
  object: FakeObject | undefined,
): { readonly container: string } | FakeResponse {
  if (object === undefined || !isPod(object))
    return statusResponse(notFound(path.type, path.name ?? ""));
  const pod: Pod = object;
  const regular = pod.spec?.containers ?? [];
  const containers = [...regular, ...(pod.spec?.initContainers ?? [])].map(({ name }) => name);
  const container = request.query.get("container") || (containers[0] ?? "");
  if (!containers.includes(container))
    return statusResponse(badRequest(`container ${container} is not valid for pod ${path.name}`));
  const phase = pod.status?.phase ?? "Running";
  if (phase !== "Running") return textResponse(500, `container not found ("${container}")`);
  return { container };
}

function isPod(object: FakeObject): object is FakeObject & Pod {
  return object.kind === "Pod";
}

/** Accepts the upgrade and plays the session. A client without a known subprotocol gets the server's bare 403. */
export function acceptExec(
  upgrade: Upgrade,
  request: FakeRequest,
  path: ResourcePath & { readonly container: string },
  context: ExecContext,
): void {
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(/\s*,\s*/);
  const chosen = offered.find((protocol) => context.protocols.includes(protocol));
  if (chosen === undefined) {
    upgrade.socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
    return;
  }
  const server = new WebSocketServer({
    noServer: true,
    autoPong: context.fault?.kind !== "ignorePings",
    handleProtocols: () => chosen,
  });
  server.handleUpgrade(upgrade.message, upgrade.socket, upgrade.head, (socket) => {
    const target = {
      namespace: path.namespace ?? "",
      pod: path.name ?? "",
      container: path.container,
      query: request.query,
    };
    void runExecSession(socket, target, context.runtime, context.fault);
  });
}
