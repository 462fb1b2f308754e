import { WebSocketServer } from "ws";
import { accessOf, forbidden } from "./access.ts";
import type { Authorizer } from "./access.ts";
import type { Upgrade } from "./exec-upgrade.ts";
import type { FakeRequest, FakeResponse } from "./message.ts";
import { statusResponse, textResponse } from "./message.ts";
import type { ResourcePath } from "./resource-path.ts";

export function isWatch({ method, query }: FakeRequest): boolean {
  return method === "GET" && query.get("watch") === "true";
}

/** A watch over a WebSocket in which nothing happens. Like the real one, it takes nobody without an origin. */
export function acceptWatch(
  { message, socket, head }: Upgrade,
  request: FakeRequest,
  path: ResourcePath,
  authorize: Authorizer,
): FakeResponse | "accepted" {
  const access = { ...accessOf(request, path), verb: "watch" };
  if (!authorize(access)) return statusResponse(forbidden(access));
  if (request.headers.origin === undefined) return textResponse(403, "");
  const server = new WebSocketServer({ noServer: true });
  server.handleUpgrade(message, socket, head, () => {});
  return "accepted";
}
