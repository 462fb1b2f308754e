import { setTimeout as delay } from "node:timers/promises";
import { PassThrough } from "node:stream";
import type { WebSocket } from "ws";
import { ContainerError } from "./container-runtime.ts";
import type { ContainerExec, ContainerRuntime } from "./container-runtime.ts";
import type { Fault } from "./faults.ts";

export type ExecTarget = {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly query: URLSearchParams;
};

const maxFramePayloadBytes = 32 * 1024;
const closeChannel = 255;

/** Plays one exec on an accepted socket, to its end or to its fault. */
export async function runExecSession(
  socket: WebSocket,
  target: ExecTarget,
  runtime: ContainerRuntime,
  fault: Fault | undefined,
): Promise<void> {
  const session = new ExecSession(socket, fault);
  try {
    if (fault?.kind === "dropBeforeOutput") return socket.terminate();
    await session.begin();
    const text = await statusText(runtime, session.execFor(target), socket.protocol);
    await session.end(text);
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error;
  }
}

class ConnectionLost extends Error {}

class ExecSession {
  readonly #socket: WebSocket;
  readonly #fault: Fault | undefined;
  readonly #gone = new AbortController();
  readonly #stdin = new PassThrough({ highWaterMark: 64 * 1024 });

  constructor(socket: WebSocket, fault: Fault | undefined) {
    this.#socket = socket;
    this.#fault = fault;
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#stdin.end();
      this.#gone.abort();
    });
    socket.on("message", (data: Buffer) => this.#receive(data));
    this.#stdin.on("drain", () => socket.resume());
  }

  /** A real server opens with an empty frame on stdout. */
  async begin(): Promise<void> {
    await this.#send(Buffer.from([1]));
    if (this.#fault?.kind === "ignoreClient") this.#socket.pause();
    if (this.#fault?.kind !== "frames") return;
    for (const frame of this.#fault.frames) await this.#send(frame);
  }

  execFor(target: ExecTarget): ContainerExec {
    const { query } = target;
    const output = (channel: number, name: string) => async (chunk: Uint8Array | string) => {
      if (query.get(name) === "true") await this.#output(channel, Buffer.from(chunk));
    };
    if (query.get("stdin") !== "true") this.#stdin.end();
    return {
      namespace: target.namespace,
      pod: target.pod,
      container: target.container,
      command: query.getAll("command"),
      stdin: this.#stdin,
      stdout: output(1, "stdout"),
      stderr: output(2, "stderr"),
      signal: this.#gone.signal,
    };
  }

  async end(statusFrame: string): Promise<void> {
    if (this.#fault?.kind === "dropBeforeStatus") return this.#socket.terminate();
    if (this.#fault?.kind === "closeWithoutStatus")
      return this.#socket.close(this.#fault.code ?? 1000, this.#fault.reason);
    if (this.#fault?.kind === "closeStdout") await this.#send(Buffer.from([closeChannel, 1]));
    await this.#sendStatus(statusFrame);
    if (this.#fault?.kind === "dropAfterStatus") return this.#socket.terminate();
    this.#socket.close(1000);
  }

  async #sendStatus(statusFrame: string): Promise<void> {
    const fault = this.#fault?.kind === "status" ? this.#fault : undefined;
    const text = Buffer.from(fault?.text ?? statusFrame);
    const size = fault?.piecesOfBytes ?? Math.max(1, text.length);
    for (let at = 0; at < Math.max(1, text.length); at += size) {
      await this.#send(Buffer.concat([Buffer.from([3]), text.subarray(at, at + size)]));
    }
  }

  async #output(channel: number, bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += maxFramePayloadBytes) {
      if (this.#fault?.kind === "slowOutput") await delay(this.#fault.delayMs);
      const piece = bytes.subarray(at, at + maxFramePayloadBytes);
      await this.#send(Buffer.concat([Buffer.from([channel]), piece]));
      if (this.#fault?.kind !== "dropAfterOutput") continue;
      this.#socket.terminate();
      throw new ConnectionLost();
    }
  }

  #send(frame: Uint8Array | string): Promise<void> {
    return new Promise((resolve, reject) => {
      const binary = typeof frame !== "string";
      this.#socket.send(frame, { binary }, (error) => {
        if (error) reject(new ConnectionLost());
        else resolve();
      });
    });
  }

  #receive(frame: Buffer): void {
    const [channel, closed] = frame;
    if (this.#stdin.writableEnded) return;
    if (channel === 0 && frame.length > 1) {
      if (!this.#stdin.write(frame.subarray(1))) this.#socket.pause();
    }
    const knowsClose = this.#socket.protocol === "v5.channel.k8s.io";
    if (channel === closeChannel && closed === 0 && knowsClose) this.#stdin.end();
  }
}

async function statusText(
  runtime: ContainerRuntime,
  exec: ContainerExec,
  protocol: string,
): Promise<string> {
  try {
    const exitCode = await runtime(exec);
    if (exitCode !== 0) return JSON.stringify(nonZeroExit(exitCode));
    return protocol.startsWith("v4")
      ? `{"status":"Success"}`
      : `{"metadata":{},"status":"Success"}`;
  } catch (error) {
    if (!(error instanceof ContainerError)) throw error;
    return JSON.stringify(runtimeFailure(error.message));
  }
}

function nonZeroExit(exitCode: number): unknown {
  return {
    metadata: {},
    status: "Failure",
    message: `command terminated with non-zero exit code: command terminated with exit code ${exitCode}`,
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(exitCode) }] },
  };
}

function runtimeFailure(detail: string): unknown {
  const message = `Internal error occurred: ${detail}`;
  return {
    metadata: {},
    status: "Failure",
    message: `Internal error occurred: ${message}`,
    reason: "InternalError",
    details: { causes: [{ message }] },
    code: 500,
  };
}
