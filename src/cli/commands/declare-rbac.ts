import type { Argv } from "yargs";
import type { CliContext } from "../cli-context.ts";
import type { Deferred } from "../deferred.ts";
import { rbacFlags } from "./rbac-flags.ts";

/** `rbac`: the permissions that a backup needs. */
export function declareRbac(program: Argv, context: CliContext, deferred: Deferred): void {
  program.command(
    "rbac",
    "Print the least role for a backup with the same flags",
    (yargs) =>
      yargs.options(rbacFlags).example([
        ["$0 rbac -n shop | kubectl apply -f -", "for a service account kubectl-ark in shop"],
        ["$0 rbac -n shop --for-user jane", "for a user"],
        [
          "$0 rbac --include-resources=pods,pvc --with-delete",
          "in all namespaces, and to delete backups",
        ],
      ]),
    (flags) => {
      deferred.run = async () => (await import("./rbac.ts")).runRbac(flags, context);
    },
  );
}
