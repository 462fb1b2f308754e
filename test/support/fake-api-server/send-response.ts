import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Fault } from "./faults.ts";
import { expireList } from "./list-objects.ts";
import type { FakeRequest, FakeResponse } from "./message.ts";

/** A real server compresses only what is larger, at level 1. */
const gzipFromBytes = 128 * 1024;

/** Waits as the fault says and lets it replace the answer. Undefined: there is none, and never will be. */
export async function throughFault<T>(
  request: FakeRequest,
  fault: Fault | undefined,
  produce: () => T,
): Promise<T | FakeResponse | undefined> {
  if (fault?.kind === "neverAnswer" || fault?.kind === "resetBeforeHeaders") return undefined;
  if (fault?.kind === "respond") return fault.response;
  if (fault?.kind === "expired") return expireList(request);
  if (fault?.kind === "delay") await delay(fault.delayMs);
  if (fault?.kind === "hold") await fault.until;
  return produce();
}

/** Writes the answer, compressed when asked for and worth it, or only as far as the fault allows. */
export function sendResponse(
  request: FakeRequest,
  answer: FakeResponse,
  response: ServerResponse,
  fault: Fault | undefined,
): void {
  const plain = Buffer.from(answer.body);
  const accepts = request.headers["accept-encoding"] ?? "";
  const isGzip = accepts.includes("gzip") && plain.length > gzipFromBytes;
  const body = isGzip ? gzipSync(plain, { level: 1 }) : plain;
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(isGzip ? { "content-encoding": "gzip", vary: "Accept-Encoding" } : {}),
    "content-length": body.length,
  });
  if (fault?.kind === "truncateBody") {
    const kept = body.subarray(0, fault.keepBytes ?? Math.floor(body.length / 2));
    response.write(kept, () => response.socket?.end());
  } else if (fault?.kind === "resetAfterHeaders") {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy());
  } else {
    response.end(body);
  }
}

/** The answer to an upgrade request that is refused, on the bare socket. */
export function refuseUpgrade(socket: Duplex, answer: FakeResponse): void {
  const headers = {
    ...answer.headers,
    "content-length": String(Buffer.byteLength(answer.body)),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${answer.status} Refused\r\n${lines.join("\r\n")}\r\n\r\n${answer.body}`);
}
