import type { Options } from "yargs";
import { ArkError } from "../../lib/errors.ts";
import {
  connectionFlags,
  namespaceFlag,
  noHeadersFlag,
  outputFlag,
  repeatedFlag,
  switchFlag,
  textFlag,
} from "../flags.ts";

const hook = "The hook:";

/** `none` writes; `client` asks nothing to be written; `server` lets the API server check it. */
export type DryRun = "none" | "client" | "server";

/** Which objects a `hooks` command is about. */
export const targetFlags = {
  namespace: { ...namespaceFlag.namespace, describe: "Namespace (default: the context's)" },
  selector: textFlag("All objects of the type with these labels", { alias: "l" }),
  ...connectionFlags,
} as const satisfies Record<string, Options>;

export const changeFlags = {
  "dry-run": {
    type: "string",
    coerce: readDryRun,
    describe: "none, client (the default of a bare --dry-run) or server: change nothing",
  },
  yes: switchFlag("Do not ask before pods are replaced", { alias: "y" }),
  ...outputFlag("json", "yaml", "name"),
} as const satisfies Record<string, Options>;

export const setFlags = {
  pre: repeatedFlag("Command before the capture: split as a shell would, or a JSON array", {
    group: hook,
  }),
  post: repeatedFlag("Command after the capture, written as --pre", { group: hook }),
  phase: {
    type: "string",
    choices: ["pre", "post"],
    requiresArg: true,
    describe: "The phase of the command after --",
    group: hook,
  },
  recipe: textFlag("Hooks that are known to work, by name: see kubectl ark hooks recipes", {
    group: hook,
  }),
  "recipe-set": repeatedFlag("A value for the recipe, such as path=/data; may be repeated", {
    group: hook,
  }),
  container: textFlag("Container to run in (default: the first)", { alias: "c", group: hook }),
  "pre-container": textFlag("The same for the pre hook only", { group: hook }),
  "post-container": textFlag("The same for the post hook only", { group: hook }),
  "on-error": textFlag("Fail or Continue (default Fail)", { group: hook }),
  "pre-on-error": textFlag("The same for the pre hook only", { group: hook }),
  "post-on-error": textFlag("The same for the post hook only", { group: hook }),
  timeout: textFlag("How long it may run, such as 30s or 1m30s (default 30s)", { group: hook }),
  "pre-timeout": textFlag("The same for the pre hook only", { group: hook }),
  "post-timeout": textFlag("The same for the post hook only", { group: hook }),
  order: textFlag(
    "Lower is quiesced first and thawed last in a block of pods that share volumes, or a scope of --consistency; other blocks of a higher order wait until those of a lower one are thawed (default 0)",
    {
      group: hook,
    },
  ),
  keys: {
    type: "string",
    choices: ["ark", "velero"],
    default: "ark",
    requiresArg: true,
    describe: "Annotations of …ark.heptio.com or of …velero.io",
    group: hook,
  },
  ...changeFlags,
  ...targetFlags,
} as const satisfies Record<string, Options>;

export const unsetFlags = {
  pre: switchFlag("Remove the pre hook only"),
  post: switchFlag("Remove the post hook only"),
  ...changeFlags,
  ...targetFlags,
} as const satisfies Record<string, Options>;

export const getFlags = {
  "all-namespaces": switchFlag("Look in all namespaces", { alias: "A" }),
  ...outputFlag("json", "yaml", "wide", "name"),
  ...noHeadersFlag,
  ...targetFlags,
} as const satisfies Record<string, Options>;

export const recipesFlags = {
  ...outputFlag("json", "yaml"),
  ...noHeadersFlag,
} as const satisfies Record<string, Options>;

/** As kubectl: without a value `client`. yargs takes the next word as the value, kubectl does not. */
function readDryRun(value: string | readonly string[] | undefined): DryRun | undefined {
  const text = Array.isArray(value) ? value.at(-1) : value;
  if (text === undefined) return undefined;
  if (text === "" || text === "client") return "client";
  if (text === "none" || text === "server") return text;
  // yargs keeps no more than the message of what is thrown here.
  throw new ArkError(
    "Usage",
    `--dry-run is none, client or server, not "${text}"; write the value with an equals sign: --dry-run=client`,
  );
}
