import { ArkError } from "../../lib/errors.ts";
import { shorten } from "../../lib/shorten.ts";
import { didYouMean } from "../../lib/suggest.ts";
import type { CliContext } from "../cli-context.ts";
import { findProgram } from "../completion/search-path.ts";
import { shellAdvice, SHELLS } from "../completion/shell-advice.ts";
import { COMPLETER } from "../completion/shim.ts";
import { EXIT } from "../exit-codes.ts";

const INSTALL = "kubectl ark completion install";

/**
 * `completion`: kubectl's own script does the shells.
 * @throws ArkError Usage for a shell's name: its script would be sourced, and there is none
 */
export async function runCompletionExplain(
  shell: string | undefined,
  { env, stdout }: Pick<CliContext, "env" | "stdout">,
): Promise<number> {
  if (shell !== undefined) throw noScript(shell);
  const installed = await findProgram(COMPLETER, env);
  stdout.write(
    [
      `kubectl completes "kubectl ark" itself (1.26 and later), once it finds ${COMPLETER} on the PATH:`,
      installed === undefined ? `  ${INSTALL}` : `  it is there: ${installed}`,
      "In a shell that has kubectl's own completion; if yours has not, this loads it, and in the file for good:",
      shellAdvice(),
    ].join("\n"),
  );
  return EXIT.ok;
}

function noScript(shell: string): ArkError {
  const own = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (own !== undefined || shell === "powershell") {
    return new ArkError("Usage", `kubectl ark has no completion script of its own for ${shell}`, {
      hint: `Load kubectl's own${own === undefined ? "" : ` (${own.line})`}, and run ${INSTALL} once.`,
    });
  }
  return new ArkError(
    "Usage",
    `unknown command: "${shorten(shell)}"${didYouMean(shell, ["install"])}`,
    { hint: "See kubectl ark completion --help." },
  );
}
