import type { RawData, WebSocket } from "ws";
import { messageOf } from "../../lib/errors.ts";
import type { ExecOutcome, ExecRequest } from "../cluster.ts";
import { channel } from "./exec-frames.ts";
import { keepAlive } from "./exec-keep-alive.ts";
import { OrderedOutput } from "./exec-output.ts";
import { parseExecStatus, printableLine, StatusFrames } from "./exec-status.ts";
import { sendStdin } from "./exec-stdin.ts";

export type SessionTimings = {
  readonly pingIntervalMs: number;
  /** How long a peer may take to answer a close frame, or to send its own after the status. */
  readonly closeGraceMs: number;
};

/**
 * Plays an accepted session to its end on a paused socket. All output that came is delivered before the promise
 * resolves, and the socket is closed. Never throws.
 */
export function runExecSession(
  socket: WebSocket,
  request: ExecRequest,
  timings: SessionTimings,
  signal: AbortSignal,
): Promise<ExecOutcome> {
  return new ExecSession(socket, request, timings).run(signal);
}

class ExecSession {
  readonly #socket: WebSocket;
  readonly #request: ExecRequest;
  readonly #timings: SessionTimings;
  readonly #status = new StatusFrames();
  readonly #output: OrderedOutput;
  readonly #ended = new AbortController();
  #graceTimer: NodeJS.Timeout | undefined;
  #isAborted = false;
  /** Our own side's error: a callback or the source of stdin. */
  #failure: string | undefined;
  /** Why the connection ended, when it is known better than by the close code. */
  #lostBecause: string | undefined;

  constructor(socket: WebSocket, request: ExecRequest, timings: SessionTimings) {
    this.#socket = socket;
    this.#request = request;
    this.#timings = timings;
    this.#output = new OrderedOutput({
      pause: () => socket.pause(),
      resume: () => socket.resume(),
      onFailure: (error) => this.#fail(`the output could not be taken: ${messageOf(error)}`),
    });
  }

  async run(signal: AbortSignal): Promise<ExecOutcome> {
    const closed = this.#listen();
    const stopPings = keepAlive(this.#socket, this.#timings.pingIntervalMs, (missedPongs) => {
      this.#lostBecause = `no answer to ${missedPongs} pings`;
      this.#socket.terminate();
    });
    const abort = () => this.#abort();
    signal.addEventListener("abort", abort, { once: true });
    this.#begin();
    if (signal.aborted) this.#abort();
    const how = await closed;
    stopPings();
    clearTimeout(this.#graceTimer);
    this.#ended.abort();
    await this.#output.drained();
    signal.removeEventListener("abort", abort);
    return this.#outcome(how);
  }

  #listen(): Promise<string> {
    const socket = this.#socket;
    socket.on("message", (data) => this.#receive(data));
    socket.on("error", (error) => {
      this.#lostBecause ??= messageOf(error);
    });
    return new Promise((resolve) => {
      socket.once("close", (code, reason) => resolve(describeClose(code, reason.toString())));
    });
  }

  #begin(): void {
    try {
      this.#request.onStarted?.();
    } catch (error) {
      this.#fail(messageOf(error));
    }
    this.#socket.resume();
    const { stdin } = this.#request;
    if (stdin === undefined) return;
    sendStdin(this.#socket, stdin, this.#ended.signal).catch((error: unknown) => {
      this.#fail(`stdin could not be read: ${messageOf(error)}`);
    });
  }

  #receive(data: RawData): void {
    const frame = bytesOf(data);
    const payload = frame.subarray(1);
    // Nothing to do for an empty message, a CLOSE frame for a stream, or a channel of a later protocol.
    if (frame[0] === channel.stdout) this.#output.write(this.#request.onStdout, payload);
    if (frame[0] === channel.stderr) this.#output.write(this.#request.onStderr, payload);
    if (frame[0] === channel.status && payload.length > 0) this.#receiveStatus(payload);
  }

  #receiveStatus(payload: Uint8Array): void {
    this.#status.add(payload);
    void this.#output.drained().then(() => this.#startGrace());
  }

  /** The server closes by itself after the status; one that does not is not waited for. */
  #startGrace(): void {
    clearTimeout(this.#graceTimer);
    if (this.#ended.signal.aborted) return;
    this.#graceTimer = setTimeout(() => this.#close(), this.#timings.closeGraceMs);
  }

  #abort(): void {
    this.#isAborted = true;
    this.#output.close();
    this.#close();
  }

  #fail(message: string): void {
    this.#failure ??= printableLine(message);
    this.#output.close();
    this.#close();
  }

  /** Politely, unless earlier bytes already wait for the network: then the close frame would wait behind them. */
  #close(): void {
    clearTimeout(this.#graceTimer);
    if (this.#ended.signal.aborted) return;
    if (this.#socket.bufferedAmount > 0) {
      this.#socket.terminate();
      return;
    }
    this.#socket.close(1000);
    this.#socket.resume();
    this.#graceTimer = setTimeout(() => this.#socket.terminate(), this.#timings.closeGraceMs);
  }

  #outcome(how: string): ExecOutcome {
    if (this.#failure !== undefined) return { kind: "failed", message: this.#failure };
    const told = this.#status.isEmpty ? undefined : parseExecStatus(this.#status.text());
    if (told !== undefined && told.kind !== "unknown") return told;
    if (this.#isAborted) return { kind: "aborted", started: true };
    return (
      told ?? {
        kind: "unknown",
        message: `the connection ended before the server said how the command ended (${printableLine(this.#lostBecause ?? how)})`,
      }
    );
  }
}

function describeClose(code: number, reason: string): string {
  if (code === 1006) return "the connection was cut";
  const said = reason === "" ? "" : `: ${reason}`;
  return code === 1000 && said === "" ? "the server closed it" : `close code ${code}${said}`;
}

function bytesOf(data: RawData): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return Array.isArray(data) ? Buffer.concat(data) : data;
}
