import type { Options } from "yargs";
import { repeated, splitList } from "../flags.ts";

/** A command as it was declared to yargs. Its own flags and commands are known once it was opened. */
export type DeclaredCommand = {
  /** "describe"; "" for the program itself. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** "" for a command that is not to be seen. */
  readonly description: string;
  /** Whether it is meant where no command is named. */
  readonly isDefault: boolean;
  readonly positionals: readonly DeclaredPositional[];
  open(): Promise<CommandContent>;
};

export type CommandContent = {
  readonly flags: readonly DeclaredFlag[];
  readonly commands: readonly DeclaredCommand[];
};

export type DeclaredPositional = { readonly name: string; readonly isVariadic: boolean };

export type DeclaredFlag = {
  /** As it is shown: "namespace". */
  readonly name: string;
  /** All names, the single letters too. */
  readonly names: readonly string[];
  readonly description: string;
  readonly isHidden: boolean;
  /** "optional": only behind an equals sign. */
  readonly value: "none" | "optional" | "required";
  /** Whether its value is true or false. */
  readonly isSwitch: boolean;
  readonly choices: readonly string[];
  readonly isRepeatable: boolean;
  /** Whether its value is a comma separated list. */
  readonly isList: boolean;
  /** What commands see of the words that were given. */
  coerce(values: readonly string[]): unknown;
};

/** @param options as yargs takes them */
export function declaredFlag(key: string, options: Options): DeclaredFlag {
  const names = [key, ...[options.alias ?? []].flat()];
  const coerce: unknown = options.coerce;
  const isList = coerce === splitList;
  return {
    name: names.find((name) => name.length > 1) ?? key,
    names,
    description: options.describe ?? options.description ?? options.desc ?? "",
    isHidden: options.hidden === true,
    value: valueOf(options),
    isSwitch: isSwitch(options),
    choices: (options.choices ?? []).map(String),
    isRepeatable: isList || coerce === repeated || options.array === true || isCount(options),
    isList,
    coerce: (values) => coerced(values, options),
  };
}

function isCount({ type, count }: Options): boolean {
  return type === "count" || count === true;
}

function isSwitch({ type, boolean }: Options): boolean {
  return type === "boolean" || boolean === true;
}

/** What needs a value takes the next word; other texts only what stands behind an equals sign, as kubectl's --dry-run. */
function valueOf(options: Options): DeclaredFlag["value"] {
  const { type, requiresArg, choices, string, number } = options;
  if (isCount(options)) return "none";
  if (isSwitch(options)) return "optional";
  const isText = type !== undefined || string === true || number === true;
  if (requiresArg === true || type === "number" || number === true) return "required";
  return choices !== undefined || isText || options.array === true ? "optional" : "none";
}

function coerced(values: readonly string[], options: Options): unknown {
  const { coerce } = options;
  if (isSwitch(options)) return values.at(-1) !== "false";
  const given = values.length === 1 ? values[0] : values;
  if (coerce === undefined) return values.at(-1);
  try {
    const value: unknown = coerce(given);
    return value;
  } catch {
    return undefined;
  }
}
