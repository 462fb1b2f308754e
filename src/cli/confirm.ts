import { createInterface } from "node:readline/promises";
import { ArkError } from "../lib/errors.ts";
import type { CliContext } from "./cli-context.ts";

/**
 * Asks a question that only `y` or `yes` answers in the affirmative.
 * @param flag the flag that answers it beforehand, for where there is no terminal: "--yes"
 * @throws ArkError Usage without a terminal, Cancelled on Ctrl-C
 */
export async function confirm(
  question: string,
  flag: string,
  { stdin, stderr, signal }: CliContext,
): Promise<boolean> {
  if (!stdin.isTTY) {
    throw new ArkError("Usage", `this needs to be confirmed, and there is no terminal to ask on`, {
      hint: `Add ${flag} to do it without a question.`,
    });
  }
  const terminal = createInterface({ input: stdin, output: stderr, terminal: true });
  try {
    const answer = await terminal.question(`${question} (y/N) `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch (cause) {
    throw new ArkError("Cancelled", "interrupted", { cause });
  } finally {
    terminal.close();
  }
}
