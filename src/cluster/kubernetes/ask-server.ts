import type { Clock } from "../../lib/clock.ts";
import { isJsonRecord, parseJsonRecord, textField } from "./json-fields.ts";
import { versionRequest } from "./object-requests.ts";
import type { ApiRequest, ApiResponse, SendRequest } from "./requests.ts";
import { toArkError } from "./status-error.ts";

/** What an API server says of itself and of its caller, and how quickly. */
export type ServerAnswer = {
  /** "v1.36.3"; undefined when the caller may not know. */
  readonly version: string | undefined;
  /** Who the caller is to the server; undefined before Kubernetes 1.28. */
  readonly user: string | undefined;
  /** To the first answer: name, connection, TLS, credentials. */
  readonly connectMs: number;
  /** Of a request over the connection that stands. */
  readonly roundTripMs: number;
  /** How far the server's clock is ahead of ours, and how much of that may be the measurement. Undefined without a Date header. */
  readonly clock: { readonly aheadMs: number; readonly uncertaintyMs: number } | undefined;
};

/** A Date header has whole seconds: the time was that, and up to a second more. */
const HEADER_STEP_MS = 1000;

/** @throws ArkError as SendRequest; Unauthorized, and what else a refusal stands for */
export async function askServer(
  send: SendRequest,
  clock: Clock,
  signal: AbortSignal,
): Promise<ServerAnswer> {
  const first = await timed(send, versionRequest(), clock, signal);
  const { status } = first.response;
  const isHidden = status === 403 || status === 404;
  if (!isHidden && !isSuccess(first.response)) throw toArkError(first.response, versionRequest());
  const second = await timed(send, whoAmIRequest(), clock, signal);
  return {
    version: isHidden ? undefined : textField(recordOf(first.response), "gitVersion"),
    user: isSuccess(second.response) ? userOf(second.response) : undefined,
    connectMs: first.durationMs,
    roundTripMs: second.durationMs,
    clock: clockOf(second) ?? clockOf(first),
  };
}

type Timed = {
  readonly response: ApiResponse;
  readonly durationMs: number;
  /** Our time in the middle of the request. */
  readonly middleMs: number;
};

async function timed(
  send: SendRequest,
  request: ApiRequest,
  clock: Clock,
  signal: AbortSignal,
): Promise<Timed> {
  const startMs = clock.monotonicMs();
  const response = await send(request, signal);
  const durationMs = clock.monotonicMs() - startMs;
  return { response, durationMs, middleMs: clock.now().getTime() - durationMs / 2 };
}

function clockOf({ response, durationMs, middleMs }: Timed): ServerAnswer["clock"] {
  const headerMs = Date.parse(response.headers["date"] ?? "");
  if (Number.isNaN(headerMs)) return undefined;
  const aheadMs = headerMs + HEADER_STEP_MS / 2 - middleMs;
  return { aheadMs, uncertaintyMs: HEADER_STEP_MS / 2 + durationMs / 2 };
}

function whoAmIRequest(): ApiRequest {
  const api = "authentication.k8s.io/v1";
  const type = "application/json";
  return {
    method: "POST",
    path: `/apis/${api}/selfsubjectreviews`,
    headers: { accept: type, "content-type": type },
    body: JSON.stringify({ apiVersion: api, kind: "SelfSubjectReview" }),
    purpose: "ask who the user is",
  };
}

function userOf(response: ApiResponse): string | undefined {
  const { status } = recordOf(response);
  const info = isJsonRecord(status) ? status["userInfo"] : undefined;
  return isJsonRecord(info) ? textField(info, "username") : undefined;
}

function recordOf({ body }: ApiResponse) {
  return parseJsonRecord(body) ?? {};
}

function isSuccess({ status }: ApiResponse): boolean {
  return status >= 200 && status < 300;
}
