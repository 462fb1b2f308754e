import type { Argv } from "yargs";
import type { CliContext } from "../cli-context.ts";
import type { Deferred } from "../deferred.ts";
import { checkFlags, migrateFlags } from "./hooks-check-flags.ts";

const targets = "TYPE/NAME…, TYPE NAME… or TYPE";

export function declareCheck(hooks: Argv, context: CliContext, deferred: Deferred): void {
  hooks.command(
    "check [target..]",
    "Find what is wrong with hooks before a backup does, and how to mend it",
    (yargs) =>
      yargs
        .positional("target", {
          type: "string",
          array: true,
          describe: `${targets}; default: all pods and workloads of the namespace`,
        })
        .options(checkFlags)
        .example([
          ["$0 hooks check -A", "everything; exit code 1 when there is an error"],
          ["$0 hooks check sts/db --exec", "also whether the programs are there"],
          ["$0 hooks check -f backup.yaml", "the hooks of a document, on its pods"],
          ["$0 hooks check -A -o json", "for scripts; rules have stable names"],
        ]),
    (flags) => {
      deferred.run = async () => (await import("./hooks-check.ts")).runHooksCheck(flags, context);
    },
  );
}

export function declareMigrate(hooks: Argv, context: CliContext, deferred: Deferred): void {
  hooks.command(
    "migrate [target..]",
    "Move hook annotations to Ark's prefixed keys, or to Velero's; shows the differences first",
    (yargs) =>
      yargs
        .positional("target", { type: "string", array: true, describe: `${targets} with -l or -A` })
        .options(migrateFlags)
        .example([
          ["$0 hooks migrate -A", "what would be changed, everywhere"],
          ["$0 hooks migrate sts/db --yes", "change it; the pods are replaced"],
          ["$0 hooks migrate pods -l app=db --to velero.io", "the other way"],
        ]),
    (flags) => {
      deferred.run = async () =>
        (await import("./hooks-migrate.ts")).runHooksMigrate(flags, context);
    },
  );
}
