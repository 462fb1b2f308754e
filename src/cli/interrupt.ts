import type { EventEmitter } from "node:events";
import type { Writable } from "node:stream";
import { ArkError, messageOf } from "../lib/errors.ts";

export type Interruption = { readonly signal: AbortSignal; release(): void };

/**
 * Turns Ctrl-C, TERM and HUP into an AbortSignal. The first one stops the work and lets post hooks run; a further one
 * only says so again: ending at once would leave pods frozen. A fault of ours that nobody caught goes the same way, for
 * the same reason.
 */
export function interruptible(
  source: Pick<EventEmitter, "on" | "off">,
  stderr: Writable,
): Interruption {
  const controller = new AbortController();
  const stop = (why: string, reason: ArkError): void => {
    if (controller.signal.aborted) {
      stderr.write("Still running post hooks, so that nothing stays frozen; please wait.\n");
      return;
    }
    stderr.write(
      `\n${why}: stopping. Post hooks of pods under way are run first; nothing is published.\n`,
    );
    controller.abort(reason);
  };
  const interrupt = (name: string): void => stop(name, new ArkError("Cancelled", "interrupted"));
  const fail = (error: unknown): void =>
    stop("unexpected error", new ArkError("Internal", messageOf(error), { cause: error }));
  const handlers = [
    ...["SIGINT", "SIGTERM", "SIGHUP"].map((name) => [name, interrupt] as const),
    ...["uncaughtException", "unhandledRejection"].map((name) => [name, fail] as const),
  ];
  for (const [name, handler] of handlers) source.on(name, handler);
  return {
    signal: controller.signal,
    release() {
      for (const [name, handler] of handlers) source.off(name, handler);
    },
  };
}
