import type { Argv } from "yargs";
import type { CliContext } from "../cli-context.ts";
import type { Deferred } from "../deferred.ts";
import { declareCheck, declareMigrate } from "./declare-hooks-check.ts";
import { declareHooksRun } from "./declare-hooks-run.ts";
import { declareRecipes } from "./declare-hooks-recipes.ts";
import { getFlags, setFlags, unsetFlags } from "./hooks-flags.ts";
import { declareHooksThaw } from "./hooks-thaw-command.ts";

const targets = "TYPE/NAME…, TYPE NAME… or TYPE with -l";

/** `hooks set|get|unset|check|migrate`: the hook annotations of pods and of workloads' pod templates. */
export function declareHooks(program: Argv, context: CliContext, deferred: Deferred): void {
  program.command("hooks", "Set, show, check and remove the hooks of pods", (hooks) => {
    declareSet(hooks, context, deferred);
    declareGet(hooks, context, deferred);
    declareUnset(hooks, context, deferred);
    declareHooksRun(hooks, context, deferred);
    declareHooksThaw(hooks, context, deferred);
    declareCheck(hooks, context, deferred);
    declareMigrate(hooks, context, deferred);
    declareRecipes(hooks, context, deferred);
    return hooks
      .demandCommand(
        1,
        "Say what to do with hooks: set, get, check, migrate, recipes, run, unset or thaw.",
      )
      .strictCommands();
  });
}

function declareSet(hooks: Argv, context: CliContext, deferred: Deferred): void {
  hooks.command(
    "set [target..]",
    "Set the hooks of pods, or of a workload's pod template",
    (yargs) =>
      yargs
        .positional("target", { type: "string", array: true, describe: targets })
        .options(setFlags)
        .example([
          ["# Freeze a filesystem while its volume is captured", ""],
          [
            "$0 hooks set deploy/db -c fsfreeze \\\n  --pre 'fsfreeze --freeze /data' \\\n  --post 'fsfreeze --unfreeze /data'",
            "",
          ],
          ["# Hooks that are known to work: see hooks recipes", ""],
          ["$0 hooks set sts/db -c db --recipe mariadb --recipe-set path=/data", ""],
          ["# The command after --, as it stands", ""],
          ["$0 hooks set pod/db-0 --phase pre -- psql -c CHECKPOINT", ""],
          ["# With a shell of the container, as a JSON array", ""],
          [`$0 hooks set sts/db --timeout 2m --pre '["sh","-c","./flush >/log"]'`, ""],
          ["# By label; see what it would do", ""],
          ["$0 hooks set pods -l app=db --pre 'mysqladmin flush-logs' --dry-run", ""],
        ]),
    (flags) => {
      deferred.run = async () => (await import("./hooks-set.ts")).runHooksSet(flags, context);
    },
  );
}

function declareGet(hooks: Argv, context: CliContext, deferred: Deferred): void {
  hooks.command(
    "get [target..]",
    "Show the hooks that pods ask for by annotation, as a backup would run them",
    (yargs) =>
      yargs
        .positional("target", {
          type: "string",
          array: true,
          describe: `${targets}; default: the pods of the namespace`,
        })
        .options(getFlags)
        .example([
          ["$0 hooks get -A", "of all pods"],
          ["$0 hooks get deploy/db -o yaml", "of a pod template"],
          ["$0 hooks get -l app=db -o wide", "by label, whole commands and their keys"],
        ]),
    (flags) => {
      deferred.run = async () => (await import("./hooks-get.ts")).runHooksGet(flags, context);
    },
  );
}

function declareUnset(hooks: Argv, context: CliContext, deferred: Deferred): void {
  hooks.command(
    "unset [target..]",
    "Remove the hook annotations, Ark's and Velero's",
    (yargs) =>
      yargs
        .positional("target", { type: "string", array: true, describe: targets })
        .options(unsetFlags)
        .example([
          ["$0 hooks unset pod/db-0", "both phases"],
          ["$0 hooks unset deploy -l app=db --post --dry-run=server", "only the post hooks"],
        ]),
    (flags) => {
      deferred.run = async () => (await import("./hooks-unset.ts")).runHooksUnset(flags, context);
    },
  );
}
