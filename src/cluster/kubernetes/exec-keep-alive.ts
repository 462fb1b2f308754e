import type { WebSocket } from "ws";

const maxMissedPongs = 2;

/**
 * Pings, so that no load balancer takes the session for idle and a dead peer is found out. `onDead` is called when two
 * pings in a row stayed unanswered and nothing else came either. A socket that is paused by a slow consumer cannot hear
 * pongs and is not judged.
 * @returns stops the pinging
 */
export function keepAlive(
  socket: WebSocket,
  intervalMs: number,
  onDead: (missedPongs: number) => void,
): () => void {
  let missed = 0;
  const alive = () => {
    missed = 0;
  };
  socket.on("pong", alive);
  socket.on("message", alive);
  const timer = setInterval(() => {
    if (socket.isPaused) missed = 0;
    if (missed >= maxMissedPongs) {
      clearInterval(timer);
      onDead(missed);
      return;
    }
    missed += 1;
    socket.ping(undefined, undefined, () => {});
  }, intervalMs);
  return () => {
    clearInterval(timer);
    socket.off("pong", alive);
    socket.off("message", alive);
  };
}
