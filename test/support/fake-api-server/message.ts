import type { IncomingHttpHeaders } from "node:http";
import type { Status } from "./status.ts";

export type FakeRequest = {
  readonly method: string;
  /** As sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Name, value, name, value, as sent: shows repeated headers. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
  /** Who the server thinks it is, impersonation included. */
  readonly user: string;
};

export type FakeResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export function jsonResponse(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): FakeResponse {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(value),
  };
}

export function textResponse(status: number, body: string): FakeResponse {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}

export function statusResponse(
  status: Status,
  headers: Readonly<Record<string, string>> = {},
): FakeResponse {
  return jsonResponse(status.code, status, headers);
}
