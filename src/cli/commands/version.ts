import type { Argv } from "yargs";
import type { CliContext } from "../cli-context.ts";
import { outputFlag } from "../flags.ts";
import { formatStructured } from "../print/structured.ts";
import type { Deferred } from "../deferred.ts";
import { toolVersion } from "../tool-version.ts";

export function declareVersion(program: Argv, context: CliContext, deferred: Deferred): void {
  program.command(
    "version",
    "Print the version",
    (yargs) => yargs.options(outputFlag("json", "yaml")).example("$0 version -o json", ""),
    (flags) => {
      deferred.run = async () => {
        const { output } = flags;
        const version = { clientVersion: { version: toolVersion, node: process.version } };
        context.stdout.write(
          output === undefined
            ? `kubectl-ark v${toolVersion}\n`
            : formatStructured(version, output),
        );
        return 0;
      };
    },
  );
}
