import type { Options } from "yargs";
import { ArkError } from "../lib/errors.ts";

/** Definitions of flags that several commands share: one each. */

type Extra = { readonly alias?: string; readonly group?: string; readonly default?: string };

/** A flag with a text; `requiresArg` makes a missing value an error instead of an empty text. */
export function textFlag(describe: string, extra: Extra = {}) {
  return { type: "string", requiresArg: true, coerce: lastText, describe, ...extra } as const;
}

/** A flag with a list, comma separated, that may be repeated. */
export function listFlag(describe: string, extra: Extra = {}) {
  return { type: "string", requiresArg: true, coerce: splitList, describe, ...extra } as const;
}

/** A flag with one text, that may be repeated. */
export function repeatedFlag(describe: string, extra: Extra = {}) {
  return { type: "string", requiresArg: true, coerce: repeated, describe, ...extra } as const;
}

export function switchFlag(describe: string, extra: Extra = {}) {
  return { type: "boolean", describe, ...extra } as const;
}

const connection = "Connection (as kubectl):";

/** Flags of kubectl's own, with its names and meanings. */
export const connectionFlags = {
  kubeconfig: textFlag("Path of the kubeconfig", { group: connection }),
  context: textFlag("Name of the kubeconfig context", { group: connection }),
  cluster: textFlag("Name of the kubeconfig cluster", { group: connection }),
  user: textFlag("Name of the kubeconfig user", { group: connection }),
  server: textFlag("Address of the API server", { alias: "s", group: connection }),
  token: textFlag("Bearer token", { group: connection }),
  username: textFlag("User name for basic authentication", { group: connection }),
  password: textFlag("Password for basic authentication", { group: connection }),
  as: textFlag("User to impersonate", { group: connection }),
  "as-group": repeatedFlag("Group to impersonate, may be repeated", { group: connection }),
  "as-uid": textFlag("UID to impersonate", { group: connection }),
  "as-user-extra": repeatedFlag("Extra of the user to impersonate, key=value, may be repeated", {
    group: connection,
  }),
  "certificate-authority": textFlag("Certificate file of the authority", { group: connection }),
  "client-certificate": textFlag("Client certificate file", { group: connection }),
  "client-key": textFlag("Client key file", { group: connection }),
  "insecure-skip-tls-verify": switchFlag("Do not check the server's certificate", {
    group: connection,
  }),
  "tls-server-name": textFlag("Name to check the server's certificate against", {
    group: connection,
  }),
  "request-timeout": textFlag("Time-out of a single request, such as 30s; 0 for none", {
    group: connection,
  }),
  "disable-compression": switchFlag("Never ask the server for compressed answers", {
    group: connection,
  }),
} as const satisfies Record<string, Options>;

export const namespaceFlag = {
  namespace: textFlag("Namespace", { alias: "n" }),
} as const satisfies Record<string, Options>;

export const storeFlag = {
  store: textFlag("Where backups are kept: a directory or file:// URL; also $ARK_STORE"),
} as const satisfies Record<string, Options>;

/** `-o` with the forms that a command knows. */
export function outputFlag<Form extends string>(...choices: readonly Form[]) {
  return {
    output: {
      alias: "o",
      describe: "Output format",
      choices,
      requiresArg: true,
      type: "string",
    },
  } as const;
}

export const noHeadersFlag = {
  "no-headers": switchFlag("Leave the table's header out"),
} as const satisfies Record<string, Options>;

/** Lists as kubectl takes them: comma separated, a repeated flag adds. */
export function splitList(value: string | readonly string[] | undefined): string[] | undefined {
  return repeated(value)
    ?.flatMap((part) => part.split(","))
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

export function repeated(value: string | readonly string[] | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  return typeof value === "string" ? [value] : [...value];
}

/** A flag with one value that was given twice: the last one counts, as in kubectl. */
function lastText(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" || value === undefined ? value : value.at(-1);
}

/** @throws ArkError Usage */
export function parseKeyValues(pairs: readonly string[], flag: string): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf("=");
      if (equals > 0) return [pair.slice(0, equals), pair.slice(equals + 1)];
      throw new ArkError("Usage", `--${flag}: "${pair}" is not of the form key=value`);
    }),
  );
}
