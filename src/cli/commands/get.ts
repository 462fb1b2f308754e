import type { Argv } from "yargs";
import type { CliContext } from "../cli-context.ts";
import type { Deferred } from "../deferred.ts";
import { withGetOptions } from "./backup.ts";

/** `get backups`: Ark had each verb both ways round. */
export function declareGet(program: Argv, context: CliContext, deferred: Deferred): void {
  program.command("get", "List backups (as `backup get`)", (get) =>
    get
      .command(
        ["backups [name..]", "backup [name..]"],
        "List backups",
        (yargs) => withGetOptions(yargs).example("$0 get backups", "all of them"),
        (flags) => {
          deferred.run = async () => (await import("./backup-get.ts")).runBackupGet(flags, context);
        },
      )
      .demandCommand(1, "Say what to get: backups.")
      .strictCommands(),
  );
}
