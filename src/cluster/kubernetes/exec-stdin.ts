import type { WebSocket } from "ws";
import { stdinEndFrame, stdinFrames } from "./exec-frames.ts";

/**
 * Sends stdin to its end, then the end itself where the protocol knows one. A piece is asked for only when the network
 * has taken the one before. Resolves early when the session ends.
 * @throws whatever the source throws
 */
export async function sendStdin(
  socket: WebSocket,
  source: AsyncIterable<Uint8Array>,
  ended: AbortSignal,
): Promise<void> {
  const pieces = source[Symbol.asyncIterator]();
  const end = whenAborted(ended);
  try {
    while (!ended.aborted) {
      const next = await Promise.race([pieces.next(), end]);
      if (next === undefined) return;
      const isTaken =
        next.done === true ? await sendEnd(socket) : await sendPiece(socket, next.value);
      if (next.done === true || !isTaken) return;
    }
  } finally {
    // Not awaited: a generator that waits for its next piece would answer only then.
    void pieces.return?.().then(undefined, () => undefined);
  }
}

async function sendPiece(socket: WebSocket, piece: Uint8Array): Promise<boolean> {
  for (const frame of stdinFrames(piece)) {
    if (!(await send(socket, frame))) return false;
  }
  return true;
}

function sendEnd(socket: WebSocket): Promise<boolean> {
  const frame = stdinEndFrame(socket.protocol);
  return frame === undefined ? Promise.resolve(true) : send(socket, frame);
}

/** Whether the network took it. Why not is for the socket's close event to tell. */
function send(socket: WebSocket, frame: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    socket.send(frame, { binary: true }, (error) => resolve(error === undefined || error === null));
  });
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
