import type { Argv, Options } from "yargs";
import type { CliContext } from "../cli-context.ts";
import type { Deferred } from "../deferred.ts";
import { switchFlag, textFlag } from "../flags.ts";

export const installFlags = {
  dir: textFlag("Directory to write to (default: that of kubectl-ark, else ~/.local/bin)"),
  force: switchFlag("Overwrite a kubectl_complete-ark that is something else"),
} as const satisfies Record<string, Options>;

/** `completion`: how to get it, and the program by which kubectl asks for it. */
export function declareCompletion(program: Argv, context: CliContext, deferred: Deferred): void {
  program.command("completion", "Complete commands, flags and names with the Tab key", (yargs) =>
    yargs
      .command(
        "$0 [shell]",
        false,
        (explain) =>
          explain.positional("shell", {
            type: "string",
            describe: "There is no script for a shell: kubectl's own is used",
          }),
        ({ shell }) => {
          deferred.run = async () =>
            (await import("./completion-explain.ts")).runCompletionExplain(shell, context);
        },
      )
      .command(
        "install",
        "Write kubectl_complete-ark, which kubectl asks for what may follow kubectl ark",
        (install) =>
          install.options(installFlags).example([
            ["$0 completion install", "beside kubectl-ark"],
            ["$0 completion install --dir ~/bin", "somewhere else on the PATH"],
          ]),
        (flags) => {
          deferred.run = async () =>
            (await import("./completion-install.ts")).runCompletionInstall(flags, context);
        },
      )
      .usage("kubectl ark completion: says how to get it"),
  );
}
