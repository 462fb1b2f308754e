import type { Argv, Options } from "yargs";
import type { CliContext } from "../cli-context.ts";
import { connectionFlags, namespaceFlag, outputFlag, switchFlag, textFlag } from "../flags.ts";
import type { Deferred } from "../deferred.ts";
import { guardFlags } from "./backup-flags.ts";

export const runFlags = {
  pre: switchFlag("The pre hooks, and then always the post hooks: the default"),
  post: switchFlag("Only the post hooks: thaws by hand"),
  selector: textFlag("Pods or workloads with these labels", { alias: "l" }),
  ...guardFlags,
  ...outputFlag("json", "yaml"),
  ...namespaceFlag,
  ...connectionFlags,
} as const satisfies Record<string, Options>;

/** `hooks run`: a rehearsal on live pods. */
export function declareHooksRun(hooks: Argv, context: CliContext, deferred: Deferred): void {
  hooks.command(
    "run [target..]",
    "Rehearse: run the pre hooks of live pods and then, always, their post hooks",
    (yargs) =>
      yargs
        .positional("target", {
          type: "string",
          array: true,
          describe: "TYPE/NAME…, TYPE NAME… or TYPE with -l; a workload means its pods",
        })
        .options(runFlags)
        .example([
          ["$0 hooks run -n shop pod/db-0", "freeze and thaw, with the output of each hook"],
          ["$0 hooks run -n shop sts/db", "all pods of a workload"],
          ["$0 hooks run -n shop pod/db-0 --post", "only the post hooks"],
        ]),
    (flags) => {
      deferred.run = async () => (await import("./hooks-run.ts")).runHooksRun(flags, context);
    },
  );
}
