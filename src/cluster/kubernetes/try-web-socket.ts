import { WebSocket } from "ws";
import { messageOf } from "../../lib/errors.ts";
import type { Connection, WebSocketTarget } from "./connection.ts";

/**
 * - open: the server has accepted a WebSocket.
 * - forbidden: the user may not watch pods, which says nothing about WebSockets.
 * - closed: it was answered with another status than 101, or not at all.
 */
export type WebSocketTrial =
  | { readonly kind: "open" }
  | { readonly kind: "forbidden" }
  | { readonly kind: "closed"; readonly message: string };

/**
 * Opens a WebSocket that changes nothing and runs nothing, by the way that exec takes as well: a watch of one pod that
 * cannot be there. The API server takes watches over WebSockets since long before exec was one.
 * @throws ArkError KubeconfigInvalid, …, when there are no credentials
 */
export async function tryWebSocket(
  connection: Pick<Connection, "openTarget">,
  namespace: string,
  signal: AbortSignal,
): Promise<WebSocketTrial> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const query = [
    ["watch", "true"],
    // No pod has this name.
    ["fieldSelector", "metadata.name=kubectl-ark..doctor"],
    ["timeoutSeconds", "1"],
  ] as const;
  return shakeHands(await connection.openTarget(path, query, signal), signal);
}

function shakeHands(target: WebSocketTarget, signal: AbortSignal): Promise<WebSocketTrial> {
  return new Promise((resolve) => {
    const { protocol, host } = new URL(target.url.replace(/^ws/, "http"));
    // The handler of watches refuses who names no origin.
    const headers = { ...mutable(target.headers), origin: `${protocol}//${host}` };
    const socket = new WebSocket(target.url, { agent: target.agent, headers });
    const settle = (trial: WebSocketTrial): void => {
      signal.removeEventListener("abort", abort);
      socket.terminate();
      resolve(trial);
    };
    const abort = (): void => settle({ kind: "closed", message: "no answer in time" });
    signal.addEventListener("abort", abort, { once: true });
    socket.on("open", () => settle({ kind: "open" }));
    socket.on("error", (error) => settle({ kind: "closed", message: messageOf(error) }));
    socket.on("unexpected-response", (_request, { statusCode = 0 }) => {
      const message = `answered with status ${statusCode} instead of 101`;
      settle(statusCode === 403 ? { kind: "forbidden" } : { kind: "closed", message });
    });
  });
}

function mutable(headers: WebSocketTarget["headers"]): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === "string" ? value : [...value],
    ]),
  );
}
