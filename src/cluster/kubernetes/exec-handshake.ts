import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import { WebSocket } from "ws";
import { messageOf } from "../../lib/errors.ts";
import { execProtocols } from "./exec-frames.ts";
import type { WebSocketTarget } from "./connection.ts";
import type { ApiResponse } from "./requests.ts";

/** Far above a frame of the API server; protects from a peer that is none. */
const maxMessageBytes = 16 * 1024 * 1024;
const maxRefusalBytes = 64 * 1024;

export type Handshake =
  /** Accepted. The socket is paused, so that no message is missed. */
  | { readonly kind: "open"; readonly socket: WebSocket }
  | { readonly kind: "refused"; readonly response: ApiResponse }
  /** `wasSent`: the request was on its way, so that the server may have accepted it without our hearing of it. */
  | { readonly kind: "failed"; readonly error: Error; readonly wasSent: boolean }
  | { readonly kind: "timedOut"; readonly wasSent: boolean }
  | { readonly kind: "aborted"; readonly wasSent: boolean };

/** Asks for the upgrade and waits for the answer, no longer than `timeoutMs` in all. Never throws. */
export async function openExecSocket(
  target: WebSocketTarget,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Handshake> {
  try {
    return await shakeHands(target, timeoutMs, signal);
  } catch (error) {
    // An address or a header that cannot be sent at all.
    return { kind: "failed", error: toError(error), wasSent: false };
  }
}

function shakeHands(
  target: WebSocketTarget,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Handshake> {
  return new Promise((resolve) => {
    let wasSent = false;
    let refusal: Refusal | undefined;
    const socket = requestUpgrade(target, () => {
      wasSent = true;
    });
    const settle = (handshake: Handshake) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      if (handshake.kind !== "open") socket.terminate();
      resolve(handshake);
    };
    const abort = () => settle({ kind: "aborted", wasSent });
    const timer = setTimeout(() => {
      settle(refusal === undefined ? { kind: "timedOut", wasSent } : refused(refusal));
    }, timeoutMs);
    signal.addEventListener("abort", abort, { once: true });
    socket.on("open", () => {
      socket.pause();
      settle({ kind: "open", socket });
    });
    socket.on("error", (error) => settle({ kind: "failed", error, wasSent }));
    socket.on("unexpected-response", (_request, message) => {
      refusal = { message, pieces: [], bytes: 0 };
      readRefusal(refusal, settle);
    });
  });
}

function requestUpgrade(target: WebSocketTarget, onSent: () => void): WebSocket {
  return new WebSocket(target.url, [...execProtocols], {
    agent: target.agent,
    headers: mutableHeaders(target.headers),
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: maxMessageBytes,
    finishRequest: (request) => {
      whenConnected(request, onSent);
      request.end();
    },
  });
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(messageOf(error));
}

type Refusal = { readonly message: IncomingMessage; readonly pieces: Buffer[]; bytes: number };

function readRefusal(refusal: Refusal, settle: (handshake: Handshake) => void): void {
  const { message, pieces } = refusal;
  const done = () => settle(refused(refusal));
  message.on("data", (chunk: Buffer) => {
    pieces.push(chunk);
    refusal.bytes += chunk.length;
    if (refusal.bytes >= maxRefusalBytes) done();
  });
  message.on("end", done);
  message.on("error", done);
  message.on("close", done);
}

function refused({ message, pieces }: Refusal): Handshake {
  const body = Buffer.concat(pieces).subarray(0, maxRefusalBytes);
  const headers = Object.entries(message.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : value,
  ]);
  return {
    kind: "refused",
    response: {
      status: message.statusCode ?? 0,
      headers: Object.fromEntries(headers),
      body,
      transfer: { wireBytes: body.length, bodyMs: 0 },
    },
  };
}

function whenConnected(request: ClientRequest, onConnected: () => void): void {
  request.on("socket", (socket: Socket & { readonly secureConnecting?: boolean }) => {
    if (socket.secureConnecting === true) socket.once("secureConnect", onConnected);
    else if (socket.connecting) socket.once("connect", onConnected);
    else onConnected();
  });
}

function mutableHeaders(headers: WebSocketTarget["headers"]): OutgoingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === "string" ? value : [...value],
    ]),
  );
}
