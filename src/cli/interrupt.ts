import type { EventEmitter } from "node:events";
import type { Writable } from "node:stream";
import { ArkError } from "../lib/errors.ts";

/**
 * Turns Ctrl-C, TERM and HUP into an AbortSignal. The first one stops the work and lets post hooks run; a further one
 * only says so again: ending at once would leave pods frozen.
 */
export function interruptible(
  source: Pick<EventEmitter, "on" | "off">,
  stderr: Writable,
): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const names = ["SIGINT", "SIGTERM", "SIGHUP"];
  const interrupt = (name: string): void => {
    if (controller.signal.aborted) {
      stderr.write("Still running post hooks, so that nothing stays frozen; please wait.\n");
      return;
    }
    stderr.write(
      `\n${name}: stopping. Post hooks of pods under way are run first; nothing is published.\n`,
    );
    controller.abort(new ArkError("Cancelled", "interrupted"));
  };
  for (const name of names) source.on(name, interrupt);
  return {
    signal: controller.signal,
    release() {
      for (const name of names) source.off(name, interrupt);
    },
  };
}
