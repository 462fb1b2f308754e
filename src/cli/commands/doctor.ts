import type { Argv, Options } from "yargs";
import type { CliContext } from "../cli-context.ts";
import type { Deferred } from "../deferred.ts";
import { connectionFlags, namespaceFlag, outputFlag, storeFlag, textFlag } from "../flags.ts";

export const doctorFlags = {
  namespace: { ...namespaceFlag.namespace, describe: "Look at what a backup of this one needs" },
  pod: textFlag("Run `true` in this pod, NAMESPACE/NAME, to try exec to the end"),
  ...storeFlag,
  ...outputFlag("json", "yaml"),
  ...connectionFlags,
} as const satisfies Record<string, Options>;

/** `doctor`: whether a backup would work. */
export function declareDoctor(program: Argv, context: CliContext, deferred: Deferred): void {
  program.command(
    "doctor",
    "Say whether a backup would work here, and what to do where not",
    (yargs) =>
      yargs.options(doctorFlags).example([
        ["$0 doctor", "for a backup of all namespaces"],
        ["$0 doctor -n shop --pod shop/db-0", "of one; run `true` in a pod of it"],
        ["$0 doctor --store /mnt/backups -o json", "another store, for a program"],
      ]),
    (flags) => {
      deferred.run = async () => (await import("./run-doctor.ts")).runDoctor(flags, context);
    },
  );
}
