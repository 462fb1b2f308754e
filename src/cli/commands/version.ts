import type { Argv } from "yargs";
import type { CliContext } from "../cli-context.ts";
import { outputFlag } from "../flags.ts";
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
        if (output === undefined) context.stdout.write(`kubectl-ark v${toolVersion}\n`);
        else {
          const { formatStructured } = await import("../print/structured.ts");
          context.stdout.write(formatStructured(version, output));
        }
        return 0;
      };
    },
  );
}
