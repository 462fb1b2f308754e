import { ArkError, messageOf } from "../../lib/errors.ts";
import type { CliContext } from "../cli-context.ts";
import { escapeControls } from "./escape.ts";

/** `error: …`, what to do about it, and with -v (or for a fault of ours) where it comes from. */
export function printError(
  error: unknown,
  { stderr }: CliContext,
  options: { readonly stack: boolean },
): void {
  const isOurs = !(error instanceof ArkError) || error.code === "Internal";
  stderr.write(`error: ${escapeControls(messageOf(error))}\n`);
  if (error instanceof ArkError && error.hint !== undefined) {
    stderr.write(`hint: ${escapeControls(error.hint)}\n`);
  }
  if (isOurs) {
    stderr.write("This is a fault of kubectl-ark; please report it with what follows.\n");
  }
  if ((isOurs || options.stack) && error instanceof Error) stderr.write(stackOf(error));
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `caused by: ${stackOf(error.cause)}` : "";
  return `${error.stack ?? error.message}\n${cause}`;
}
