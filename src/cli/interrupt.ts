import type { EventEmitter } from "node:events";
import type { Writable } from "node:stream";
import { ArkError, messageOf } from "../lib/errors.ts";

export type Interruption = {
  /** Aborts at the first one. */
  readonly signal: AbortSignal;
  /** Aborts at the second one. */
  readonly hurry: AbortSignal;
  release(): void;
};

/**
 * Turns Ctrl-C, TERM and HUP into AbortSignals. The first one stops the work and lets post hooks run; the second one
 * makes those that wait their turn start at once; a further one changes nothing: ending would leave pods frozen. A fault of ours that nobody caught goes the same way, for
 * the same reason.
 */
export function interruptible(
  source: Pick<EventEmitter, "on" | "off">,
  stderr: Writable,
): Interruption {
  const [controller, hurry] = [new AbortController(), new AbortController()];
  const stop = (why: string, reason: ArkError): void => {
    if (controller.signal.aborted) {
      hurry.abort();
      stderr.write(
        "Still running post hooks, all at once, so that nothing stays frozen, and removing snapshots; please wait.\n",
      );
      return;
    }
    stderr.write(
      `\n${why}: stopping. Post hooks of pods under way are run first, snapshots are removed; nothing is published.\n`,
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
    hurry: hurry.signal,
    release() {
      for (const [name, handler] of handlers) source.off(name, handler);
    },
  };
}
