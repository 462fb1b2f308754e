import type { Argv, Options } from "yargs";
import type { CliContext } from "../cli-context.ts";
import { connectionFlags, namespaceFlag, noHeadersFlag, outputFlag, switchFlag } from "../flags.ts";
import type { Deferred } from "../deferred.ts";

export const thawFlags = {
  all: switchFlag("Thaw all pods of this cluster that the journal has open"),
  force: switchFlag("Also what a backup holds that still runs, or may run on another machine"),
  forget: switchFlag("Only close the entries: the pods were thawed by other means"),
  yes: switchFlag("Do not ask before --force", { alias: "y" }),
  ...outputFlag("json", "yaml"),
  ...noHeadersFlag,
  namespace: { ...namespaceFlag.namespace, describe: "Namespace of pods named without one" },
  ...connectionFlags,
} as const satisfies Record<string, Options>;

/** `hooks thaw`: what clients that died have left frozen. */
export function declareHooksThaw(hooks: Argv, context: CliContext, deferred: Deferred): void {
  hooks.command(
    "thaw [pod..]",
    "List pods that a killed backup may have left frozen, and run their post hooks",
    (yargs) =>
      yargs
        .positional("pod", {
          type: "string",
          array: true,
          describe: "NAMESPACE/POD, or an id of the list; without any: list",
        })
        .options(thawFlags)
        .example([
          ["$0 hooks thaw", "what may still be frozen"],
          ["$0 hooks thaw --all", "run the post hooks"],
          ["$0 hooks thaw shop/db-0", "of one pod"],
          ["$0 hooks thaw --forget shop/db-0", "it was thawed by hand"],
        ]),
    (flags) => {
      deferred.run = async () => (await import("./hooks-thaw.ts")).runHooksThaw(flags, context);
    },
  );
}
