import type { Writable } from "node:stream";
import type { OutputDevice } from "../cli-context.ts";

/** Lines that stay, and on a terminal one line below them that is written over. */
export type StatusLine = { line(text: string): void; live(text: string): void; end(): void };

const refreshMs = 100;
const eraseLine = "\r\u001b[2K";

/** Without a terminal `live` shows nothing: a pipe gets whole lines only. */
export function createStatusLine(device: Writable & OutputDevice): StatusLine {
  if (!device.isTTY) {
    return { line: (text) => void device.write(`${text}\n`), live: () => {}, end: () => {} };
  }
  let shown = "";
  let lastWrite = Number.NEGATIVE_INFINITY;
  return {
    line(text) {
      device.write(`${eraseLine}${text}\n${shown}`);
    },
    live(text) {
      const now = performance.now();
      if (now - lastWrite < refreshMs || text === shown) return;
      lastWrite = now;
      // Cut to the width: a wrapped line could not be written over.
      shown = text.slice(0, Math.max(10, (device.columns ?? 80) - 1));
      device.write(`${eraseLine}${shown}`);
    },
    end() {
      if (shown !== "") device.write(eraseLine);
      shown = "";
    },
  };
}
