import { errorCodeOf } from "../../lib/error-code.ts";
import { promises as timers } from "node:timers";
import { ArkError, messageOf } from "../../lib/errors.ts";
import type { ExecOutcome, ExecRequest } from "../cluster.ts";
import type { Connection, WebSocketTarget } from "./connection.ts";
import { openExecSocket } from "./exec-handshake.ts";
import type { Handshake } from "./exec-handshake.ts";
import { toExecRefusal } from "./exec-refusal.ts";
import { runExecSession } from "./exec-session.ts";
import type { SessionTimings } from "./exec-session.ts";
import { toNetworkError } from "./network-error.ts";
import type { ApiRequest, ApiResponse } from "./requests.ts";

export type ExecOptions = Partial<SessionTimings> & {
  /** From the start of the connection to the server's answer. Default 20 s. */
  readonly handshakeTimeoutMs?: number;
  /** Attempts when the command surely did not start. Default 4. */
  readonly maxAttempts?: number;
  /** Before the second attempt, doubled before each further one. Default 500. */
  readonly retryDelayMs?: number;
};

type Settings = Required<ExecOptions>;

const defaults: Settings = {
  handshakeTimeoutMs: 20_000,
  pingIntervalMs: 15_000,
  closeGraceMs: 2000,
  maxAttempts: 4,
  retryDelayMs: 500,
};
const maxRetryDelayMs = 10_000;

/** What to do about a handshake that did not open. */
type Verdict = { readonly outcome: ExecOutcome; readonly retryAfterMs?: number };

/**
 * Cluster.exec over a WebSocket of its own (v5.channel.k8s.io, else v4). Attempts are repeated only while the command
 * surely did not start: no connection, or refused with 429, 502 or 503; after a 401 once, with new credentials. A
 * request that was sent and never answered is `unknown`: the server may have started the command all the same.
 * Never throws.
 */
export async function execInContainer(
  request: ExecRequest,
  connection: Pick<Connection, "openTarget" | "renewCredentials">,
  options: ExecOptions,
  signal: AbortSignal,
): Promise<ExecOutcome> {
  const settings: Settings = { ...defaults, ...options };
  const apiRequest = toApiRequest(request);
  if (!hasValidNames(request)) return { kind: "rejected", error: invalidNames(request) };
  let hasRenewed = false;
  for (let attempt = 1; ; attempt += 1) {
    const target = await openTarget(apiRequest, connection, signal);
    if ("kind" in target) return target;
    const handshake = await openExecSocket(target, settings.handshakeTimeoutMs, signal);
    if (handshake.kind === "open")
      return runExecSession(handshake.socket, request, settings, signal);
    if (isUnauthorized(handshake) && !hasRenewed) {
      hasRenewed = true;
      connection.renewCredentials();
      continue;
    }
    const { outcome, retryAfterMs } = judge(handshake, request, target, settings);
    if (retryAfterMs === undefined || attempt >= settings.maxAttempts) return outcome;
    await pause(Math.max(retryAfterMs, settings.retryDelayMs * 2 ** (attempt - 1)), signal);
  }
}

async function openTarget(
  { path, query }: ApiRequest,
  connection: Pick<Connection, "openTarget">,
  signal: AbortSignal,
): Promise<WebSocketTarget | ExecOutcome> {
  if (signal.aborted) return { kind: "aborted", started: false };
  try {
    const target = await connection.openTarget(path, query ?? [], signal);
    return signal.aborted ? { kind: "aborted", started: false } : target;
  } catch (error) {
    if (signal.aborted) return { kind: "aborted", started: false };
    const arkError =
      error instanceof ArkError
        ? error
        : new ArkError("Internal", messageOf(error), { cause: error });
    return { kind: "rejected", error: arkError };
  }
}

function judge(
  handshake: Exclude<Handshake, { kind: "open" }>,
  request: ExecRequest,
  target: WebSocketTarget,
  settings: Settings,
): Verdict {
  if (handshake.kind === "refused") {
    const { response } = handshake;
    const error = toExecRefusal(response, toApiRequest(request), request);
    const outcome: ExecOutcome = { kind: "rejected", error };
    const isBusy = [429, 502, 503].includes(response.status);
    return isBusy ? { outcome, retryAfterMs: retryAfterOf(response) } : { outcome };
  }
  const { kind, wasSent } = handshake;
  if (kind === "aborted") return { outcome: { kind: "aborted", started: wasSent } };
  const server = serverOf(target);
  const seconds = settings.handshakeTimeoutMs / 1000;
  const error =
    kind === "failed"
      ? toNetworkError(handshake.error, server)
      : new ArkError("Timeout", `${server.origin}: no answer within ${seconds} s`, {
          hint: "Check the network, the VPN or a load balancer in between, and try again.",
        });
  if (wasSent) {
    const message = `cannot tell whether the command was started: ${error.message}`;
    return { outcome: { kind: "unknown", message } };
  }
  const outcome: ExecOutcome = { kind: "rejected", error };
  return kind === "failed" && isTransient(handshake.error)
    ? { outcome, retryAfterMs: 0 }
    : { outcome };
}

function isUnauthorized(handshake: Handshake): boolean {
  return handshake.kind === "refused" && handshake.response.status === 401;
}

/** A wrong name or a certificate that does not verify will not get better by itself. */
function isTransient(error: Error): boolean {
  const transient = [
    "ECONNREFUSED",
    "ECONNRESET",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ETIMEDOUT",
    "EPIPE",
  ];
  return transient.includes(errorCodeOf(error));
}

function retryAfterOf(response: ApiResponse): number {
  const header = response.headers["retry-after"] ?? "";
  return /^\d{1,5}$/.test(header) ? Math.min(Number(header) * 1000, maxRetryDelayMs) : 0;
}

/** Ends early, and quietly, when the signal aborts: the next attempt finds out. */
async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await timers.setTimeout(delayMs, undefined, { signal }).catch(() => undefined);
}

function toApiRequest(request: ExecRequest): ApiRequest {
  const { namespace, pod, container, command } = request;
  const path = ["api", "v1", "namespaces", namespace, "pods", pod, "exec"];
  const flags: [string, boolean][] = [
    ["stdin", request.stdin !== undefined],
    // The API refuses a session without any stream.
    ["stdout", request.onStdout !== undefined || request.onStderr === undefined],
    ["stderr", request.onStderr !== undefined],
  ];
  return {
    method: "GET",
    path: `/${path.map(encodeURIComponent).join("/")}`,
    query: [
      ["container", container],
      ...flags.filter(([, isWanted]) => isWanted).map(([name]) => [name, "true"] as const),
      ...command.map((argument) => ["command", argument] as const),
    ],
    purpose: `run a command in container ${container} of pod ${namespace}/${pod}`,
  };
}

/** What an URL would take for a step in its path, or the server for another request. */
function hasValidNames({ namespace, pod, container }: ExecRequest): boolean {
  return container !== "" && ![namespace, pod].some((name) => ["", ".", ".."].includes(name));
}

function invalidNames({ namespace, pod, container }: ExecRequest): ArkError {
  const named = JSON.stringify({ namespace, pod, container });
  return new ArkError("Internal", `exec needs a namespace, a pod and a container: ${named}`);
}

function serverOf(target: WebSocketTarget): URL {
  return new URL(target.url.replace(/^ws/, "http"));
}
