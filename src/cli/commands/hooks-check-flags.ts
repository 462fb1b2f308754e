import type { Options } from "yargs";
import { noHeadersFlag, outputFlag, switchFlag, textFlag } from "../flags.ts";
import { changeFlags, targetFlags } from "./hooks-flags.ts";

const everywhere = {
  ...targetFlags,
  selector: textFlag("All objects with these labels", { alias: "l" }),
  "all-namespaces": switchFlag("Look in all namespaces", { alias: "A" }),
} as const satisfies Record<string, Options>;

export const checkFlags = {
  filename: textFlag("Check the hooks of a Backup document, - for standard input, on its pods", {
    alias: "f",
  }),
  exec: switchFlag("Look into the containers for the programs of hooks; no hook is run"),
  ...outputFlag("json", "yaml", "wide"),
  ...noHeadersFlag,
  ...everywhere,
} as const satisfies Record<string, Options>;

export const migrateFlags = {
  to: {
    type: "string",
    choices: ["ark", "velero.io"],
    default: "ark",
    requiresArg: true,
    describe: "Whose keys: pre. and post.hook.backup.ark.heptio.com, or …velero.io",
  },
  force: switchFlag("Where keys contradict each other, keep what wins now and remove the rest"),
  ...changeFlags,
  yes: switchFlag("Change the annotations; without it the differences are shown", { alias: "y" }),
  ...everywhere,
} as const satisfies Record<string, Options>;
