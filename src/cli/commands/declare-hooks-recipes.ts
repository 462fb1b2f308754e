import type { Argv } from "yargs";
import type { CliContext } from "../cli-context.ts";
import type { Deferred } from "../deferred.ts";
import { recipesFlags } from "./hooks-flags.ts";

/** `hooks recipes [NAME]`: what `hooks set --recipe` can set. */
export function declareRecipes(hooks: Argv, context: CliContext, deferred: Deferred): void {
  hooks.command(
    "recipes [name]",
    "Show hooks that are known to work, and what they guarantee",
    (yargs) =>
      yargs
        .positional("name", { type: "string", describe: "One recipe, whole" })
        .options(recipesFlags)
        .example([
          ["$0 hooks recipes", "all of them"],
          ["$0 hooks recipes postgresql", "its commands, what it guarantees and what not"],
        ]),
    (flags) => {
      deferred.run = async () =>
        (await import("./hooks-recipes.ts")).runHooksRecipes(flags, context);
    },
  );
}
