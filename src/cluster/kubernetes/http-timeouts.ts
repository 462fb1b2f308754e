import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** Milliseconds; 0 means none. */
export type HttpTimeouts = {
  /** From the start until the last byte of the answer, as kubectl's --request-timeout. */
  readonly requestMs: number;
  /** Until the connection stands, TLS and proxy included. */
  readonly connectMs: number;
  /** Without a single byte in either direction. kube-apiserver itself gives up a request after 60 s. */
  readonly silenceMs: number;
};

export const defaultTimeouts: HttpTimeouts = {
  requestMs: 0,
  connectMs: 30_000,
  silenceMs: 120_000,
};

export type TimeoutReport = { readonly text: string; readonly whileConnecting: boolean };

/**
 * Watches a request until the returned function is called.
 * @param onTimeout called at most once for each of the limits
 */
export function watchTimeouts(
  request: ClientRequest,
  timeouts: HttpTimeouts,
  onTimeout: (report: TimeoutReport) => void,
): () => void {
  let isConnected = false;
  const startTimer = (limitMs: number, text: string): NodeJS.Timeout | undefined =>
    limitMs === 0
      ? undefined
      : setTimeout(() => onTimeout({ text, whileConnecting: !isConnected }), limitMs);
  const whole = startTimer(timeouts.requestMs, `no complete answer ${within(timeouts.requestMs)}`);
  const connecting = startTimer(timeouts.connectMs, `no connection ${within(timeouts.connectMs)}`);
  request.once("socket", (socket) => {
    whenConnected(socket, () => {
      isConnected = true;
      clearTimeout(connecting);
    });
  });
  request.setTimeout(timeouts.silenceMs, () => {
    const text = `nothing was heard for ${timeouts.silenceMs / 1000} s`;
    // While connecting the socket's timer is the agent's, and the connection has a limit of its own.
    if (isConnected) onTimeout({ text, whileConnecting: false });
  });
  return () => {
    clearTimeout(whole);
    clearTimeout(connecting);
  };
}

function within(limitMs: number): string {
  return `within ${limitMs / 1000} s`;
}

function whenConnected(socket: Socket, then: () => void): void {
  if (socket instanceof TLSSocket) {
    // A kept connection has its protocol already agreed upon.
    if (!socket.connecting && socket.getProtocol() !== null && !isShakingHands(socket)) then();
    else socket.once("secureConnect", then);
    return;
  }
  if (socket.connecting) socket.once("connect", then);
  else then();
}

function isShakingHands(socket: TLSSocket): boolean {
  return (socket as TLSSocket & { readonly secureConnecting?: boolean }).secureConnecting === true;
}
