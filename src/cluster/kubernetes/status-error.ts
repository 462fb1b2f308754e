import { stripVTControlCharacters } from "node:util";
import { ArkError } from "../../lib/errors.ts";
import type { ErrorCode } from "../../lib/errors.ts";
import { parseJsonRecord, textField } from "./json-fields.ts";
import { permissionHint } from "./permission-hint.ts";
import type { ApiRequest, ApiResponse } from "./requests.ts";
import { attemptsHeader } from "./retrying-requests.ts";

/** Longer bodies are no Status; kube-apiserver's own are a few hundred bytes. */
const maxStatusBytes = 1024 * 1024;
const maxMessageLength = 1000;
const maxForeignLength = 200;

/**
 * The error that a refusal (any answer but 2xx) stands for. The server's own message is kept, made printable and cut.
 * Codes: 401 Unauthorized, 403 Forbidden, 404 NotFound, 409 AlreadyExists or Conflict by its reason, 429 and 5xx
 * ServerError, other 4xx RequestRejected; anything else ServerError.
 */
export function toArkError(response: ApiResponse, request: ApiRequest): ArkError {
  const status = readStatus(response);
  const reason = status?.reason ?? "";
  const said = status?.message ?? describeForeignBody(response);
  const attempts = response.headers[attemptsHeader];
  const suffix = attempts === undefined ? "" : ` (${attempts})`;
  return new ArkError(
    codeOf(response.status, reason),
    `cannot ${request.purpose}: ${said}${suffix}`,
    { hint: hintOf(response, said) },
  );
}

type Status = { readonly reason: string; readonly message: string };

function readStatus(response: ApiResponse): Status | undefined {
  if (response.body.length > maxStatusBytes) return undefined;
  const body = parseJsonRecord(response.body);
  const message = body === undefined ? undefined : textField(body, "message");
  if (body?.["kind"] !== "Status" || message === undefined) return undefined;
  return {
    reason: textField(body, "reason") ?? "",
    message: printable(message, maxMessageLength),
  };
}

function codeOf(status: number, reason: string): ErrorCode {
  if (status === 401) return "Unauthorized";
  if (status === 403) return "Forbidden";
  if (status === 404) return "NotFound";
  if (status === 409) return reason === "AlreadyExists" ? "AlreadyExists" : "Conflict";
  if (status === 429) return "ServerError";
  return status >= 400 && status < 500 ? "RequestRejected" : "ServerError";
}

function hintOf(response: ApiResponse, said: string): string | undefined {
  switch (response.status) {
    case 401:
      return "Log in again, or check the user of the kubeconfig context.";
    case 403:
      return permissionHint(said);
    case 407:
      return "The proxy wants a login: give it in the proxy's URL.";
    case 429:
      return "The API server is busy: try again later.";
    default:
      return response.status >= 300 && response.status < 400
        ? "Use the address that it redirects to as the server of the kubeconfig."
        : undefined;
  }
}

/** What a proxy, a login page or an aggregated API says instead of a Status. */
function describeForeignBody(response: ApiResponse): string {
  const text = new TextDecoder().decode(response.body.subarray(0, 16 * 1024));
  const answered = `the server answered ${response.status}`;
  const location = response.headers["location"];
  if (location !== undefined && response.status >= 300 && response.status < 400) {
    return `${answered}, a redirect to ${printable(location, maxForeignLength)}`;
  }
  const words = printable(isHtml(response, text) ? textOfHtml(text) : text, maxForeignLength);
  const origin = isHtml(response, text)
    ? " with a web page, as a proxy or a login page does and no API server"
    : "";
  return words === "" ? `${answered}${origin}` : `${answered}${origin}: ${words}`;
}

function isHtml(response: ApiResponse, text: string): boolean {
  return (
    response.headers["content-type"]?.includes("html") === true ||
    /^\s*<(?:!doctype|html)/i.test(text)
  );
}

function textOfHtml(html: string): string {
  const title = /<title[^>]*>([^<]*)/i.exec(html)?.[1]?.trim();
  if (title) return title;
  return html.replace(/<(script|style)[^>]*>[^]*?<\/\1>/gi, " ").replace(/<[^>]*>/g, " ");
}

function printable(text: string, maxLength: number): string {
  const line = stripVTControlCharacters(text)
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim();
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}
