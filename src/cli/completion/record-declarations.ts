import type { Argv, Options } from "yargs";
import {
  type CommandContent,
  type DeclaredCommand,
  declaredFlag,
  type DeclaredFlag,
  type DeclaredPositional,
} from "./declared-command.ts";

/** What declares a program, or a command's inside, to yargs. */
export type Declare = (program: Argv) => unknown;

/**
 * Reads declarations without yargs: it is called with something that takes yargs' calls and keeps what they say, so that
 * there is no second list of commands and flags, and none that could be out of date. Inside a command is looked only
 * when it is opened.
 */
export function recordProgram(declare: Declare): DeclaredCommand {
  return {
    name: "",
    aliases: [],
    description: "",
    isDefault: false,
    positionals: [],
    open: () => record(declare),
  };
}

async function record(builder: unknown): Promise<CommandContent> {
  const flags = new Map<string, DeclaredFlag>();
  const commands: DeclaredCommand[] = [];
  const addFlag = (key: string, options: Options): void =>
    void flags.set(key, declaredFlag(key, options));
  const addFlags = (key: unknown, options: Options = {}): void => {
    if (typeof key === "string") addFlag(key, options);
    else for (const [name, one] of Object.entries(asOptions(key))) addFlag(name, one);
  };
  // yargs' alias("h", "help"): the first name is the new one.
  const addAlias = (alias: unknown, key: unknown): void => {
    const flag = flags.get(String(key));
    if (flag) flags.set(flag.name, { ...flag, names: [...flag.names, String(alias)] });
  };
  const calls: Readonly<Record<string, (...words: never[]) => void>> = {
    option: addFlags,
    options: addFlags,
    help: (name: string, describe: string) => addFlag(name, { type: "boolean", describe }),
    alias: addAlias,
    command: (words: Words, description: string | false, inside?: unknown) =>
      void commands.push(declaredCommand(words, description, inside)),
  };
  const recorder = takeCalls(calls);
  if (typeof builder === "function") await builder(recorder);
  else addFlags(builder ?? {});
  return { flags: [...flags.values()], commands };
}

type Words = string | readonly string[];

function declaredCommand(
  words: Words,
  description: string | false,
  inside: unknown,
): DeclaredCommand {
  const forms = [words].flat();
  const named = forms.filter((form) => !isDefaultForm(form));
  const [first = forms[0] ?? ""] = named;
  const [name = "", ...aliases] = named.map((form) => form.split(" ")[0] ?? "");
  return {
    name,
    aliases,
    description: description === false ? "" : description,
    isDefault: named.length < forms.length,
    positionals: positionalsOf(first),
    open: () => record(inside),
  };
}

function isDefaultForm(form: string): boolean {
  return /^(?:\$0|\*)(?: |$)/.test(form);
}

/** "logs <name>", "set [target..]" */
function positionalsOf(form: string): DeclaredPositional[] {
  return [...form.matchAll(/[<[]([\w-]+)[^>\]]*[>\]]/g)].map(([whole, name = ""]) => ({
    name,
    isVariadic: whole.includes(".."),
  }));
}

function asOptions(value: unknown): Readonly<Record<string, Options>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** Stands in for yargs: every call is taken, those in `calls` are kept, and each gives itself for the next. */
function takeCalls(calls: Readonly<Record<string, (...words: never[]) => void>>): Argv {
  const recorder: unknown = new Proxy(
    {},
    {
      get(_target, name) {
        // What has a `then` would be waited for.
        if (typeof name === "symbol" || name === "then") return undefined;
        return (...words: never[]) => {
          calls[name]?.(...words);
          return recorder;
        };
      },
    },
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it takes every call that an Argv takes
  return recorder as Argv;
}
