import { request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Agent, RequestOptions } from "node:https";
import { promisify } from "node:util";
import type { Clock } from "../../lib/clock.ts";
import { ArkError, throwIfAborted } from "../../lib/errors.ts";
import { bareHost } from "./environment-proxy.ts";
import { errorCodeOf } from "../../lib/error-code.ts";
import { watchTimeouts } from "./http-timeouts.ts";
import type { HttpTimeouts } from "./http-timeouts.ts";
import type { HeaderValues } from "./impersonation.ts";
import { markedCause, toNetworkError } from "./network-error.ts";
import type { ApiRequest, ApiResponse } from "./requests.ts";
import { pathBelow } from "./server-url.ts";
import type { LetGo } from "./tunnel-agents.ts";

/** A page of 500 objects stays far below; more would only end in an out-of-memory crash. */
const maxBodyBytes = 1024 * 1024 * 1024;

export type HttpTarget = {
  /** Scheme, host, port and path prefix. */
  readonly server: URL;
  readonly agent: Agent;
  /** Everything that is to be sent, a list for a header that is repeated. */
  readonly headers: HeaderValues;
};

export type ExchangeTools = { readonly clock: Clock; readonly timeouts: HttpTimeouts };

/**
 * Sends one request over `target.agent` and reads the whole answer, decompressed. A GET that meets a kept connection
 * which the server has just closed is sent once more, as Go does.
 * @throws as SendRequest
 */
export async function exchange(
  request: ApiRequest,
  target: HttpTarget,
  tools: ExchangeTools,
  signal: AbortSignal,
): Promise<ApiResponse> {
  throwIfAborted(signal);
  for (let isRepeated = false; ; isRepeated = true) {
    const letGo = new AbortController();
    const outgoing = open(request, target, letGo.signal);
    let hasAnswered = false;
    outgoing.once("response", () => {
      hasAnswered = true;
    });
    try {
      return await complete(outgoing, { request, server: target.server, tools, letGo }, signal);
    } catch (error) {
      const wasStale = outgoing.reusedSocket && !hasAnswered && isReset(error);
      if (isRepeated || request.method !== "GET" || !wasStale) throw error;
    }
  }
}

function isReset(error: unknown): boolean {
  return error instanceof ArkError && ["ECONNRESET", "EPIPE"].includes(errorCodeOf(error.cause));
}

function open(
  request: ApiRequest,
  { server, agent, headers }: HttpTarget,
  letGo: AbortSignal,
): ClientRequest {
  const query = new URLSearchParams(request.query?.map((pair) => [...pair])).toString();
  const start = server.protocol === "https:" ? httpsRequest : httpRequest;
  const options: RequestOptions & LetGo = {
    method: request.method,
    protocol: server.protocol,
    host: bareHost(server.hostname),
    port: server.port || (server.protocol === "https:" ? 443 : 80),
    path: pathBelow(server, request.path) + (query === "" ? "" : `?${query}`),
    headers,
    agent,
    letGo,
  };
  return start(options);
}

type Exchange = {
  readonly request: ApiRequest;
  readonly server: URL;
  readonly tools: ExchangeTools;
  /** Aborted when the request is given up: destroying it would wait for a proxy's answer. */
  readonly letGo: AbortController;
};

async function complete(
  outgoing: ClientRequest,
  { request, server, tools, letGo }: Exchange,
  signal: AbortSignal,
): Promise<ApiResponse> {
  const received = Promise.withResolvers<Received>();
  const fail = (error: ArkError): void => {
    received.reject(error);
    outgoing.destroy();
    letGo.abort();
  };
  const onAbort = (): void => fail(abortError(signal));
  signal.addEventListener("abort", onAbort, { once: true });
  const stopTimers = watchTimeouts(outgoing, tools.timeouts, (message) => {
    fail(timeoutError(`cannot ${request.purpose}: ${server.origin}: ${message.text}`, message));
  });
  outgoing.on("error", (error) => fail(toNetworkError(error, server)));
  outgoing.on("response", (response) => collect(response, tools.clock, received, server));
  outgoing.end(request.body);
  try {
    return await toApiResponse(await received.promise, server);
  } finally {
    stopTimers();
    signal.removeEventListener("abort", onAbort);
  }
}

type Received = {
  readonly response: IncomingMessage;
  readonly wire: Buffer;
  readonly bodyMs: number;
};

function collect(
  response: IncomingMessage,
  clock: Clock,
  received: PromiseWithResolvers<Received>,
  server: URL,
): void {
  const chunks: Buffer[] = [];
  let firstMs: number | undefined;
  let lastMs = 0;
  let sizeBytes = 0;
  response.on("data", (chunk: Buffer) => {
    lastMs = clock.monotonicMs();
    firstMs ??= lastMs;
    sizeBytes += chunk.length;
    chunks.push(chunk);
    if (sizeBytes > maxBodyBytes) {
      received.reject(tooLarge(server));
      response.destroy();
    }
  });
  response.on("error", (error) => received.reject(toNetworkError(error, server)));
  response.on("close", () => received.reject(cutShort(server)));
  response.on("end", () => {
    if (!response.complete) return;
    const bodyMs = lastMs - (firstMs ?? lastMs);
    received.resolve({ response, wire: Buffer.concat(chunks), bodyMs });
  });
}

async function toApiResponse(received: Received, server: URL): Promise<ApiResponse> {
  const { response, wire, bodyMs } = received;
  const headers = Object.entries(response.headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value] as const,
  );
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: await decompress(response, wire, server),
    transfer: { wireBytes: wire.length, bodyMs },
  };
}

async function decompress(
  response: IncomingMessage,
  wire: Buffer,
  server: URL,
): Promise<Uint8Array> {
  if (response.headers["content-encoding"]?.toLowerCase() !== "gzip") return wire;
  // Small answers are never compressed: most commands need no zlib.
  const { gunzip } = await import("node:zlib");
  try {
    return await promisify(gunzip)(wire, { maxOutputLength: maxBodyBytes });
  } catch (error) {
    throw errorCodeOf(error) === "ERR_BUFFER_TOO_LARGE" ? tooLarge(server) : cutShort(server);
  }
}

function cutShort(server: URL): ArkError {
  return new ArkError("ClusterUnreachable", `${server.origin}: the answer was cut short`, {
    hint: "Check the network, the VPN or a load balancer in between, and try again.",
    cause: markedCause("ARK_BODY_CUT"),
  });
}

function tooLarge(server: URL): ArkError {
  return new ArkError("ServerError", `${server.origin}: the answer is larger than 1 GiB`);
}

function abortError(signal: AbortSignal): ArkError {
  const reason: unknown = signal.reason;
  return reason instanceof ArkError
    ? reason
    : new ArkError("Cancelled", "interrupted", { cause: reason });
}

function timeoutError(
  message: string,
  { whileConnecting }: { whileConnecting: boolean },
): ArkError {
  return whileConnecting
    ? new ArkError("Timeout", message, {
        hint: "Check the server in the kubeconfig, the network and the VPN.",
        cause: markedCause("ARK_CONNECT_TIMEOUT"),
      })
    : new ArkError("Timeout", message, {
        hint: "Allow more time with --request-timeout, or check the network.",
      });
}
