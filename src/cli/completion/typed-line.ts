import type { DeclaredCommand, DeclaredFlag, DeclaredPositional } from "./declared-command.ts";

/** A command line as far as it is typed. */
export type TypedLine = {
  /** "backup describe"; "backup create" also where create is not spelt out. */
  readonly command: string;
  /** Flags that may stand here. */
  readonly flags: readonly DeclaredFlag[];
  /** Commands that may stand here; none once one was chosen. */
  readonly commands: readonly DeclaredCommand[];
  /** The words before the cursor that are no flags and no commands. */
  readonly words: readonly string[];
  /** Values as commands get them, by each flag's first name. */
  readonly given: Readonly<Record<string, unknown>>;
  /** What stands at the cursor. */
  readonly current: CurrentWord;
};

export type CurrentWord =
  | { readonly kind: "flag"; readonly prefix: string }
  | { readonly kind: "value"; readonly flag: DeclaredFlag; readonly prefix: string }
  | { readonly kind: "word"; readonly prefix: string; readonly positional?: DeclaredPositional }
  /** Nobody can know: a word behind `--`, the value of a flag that is not known. */
  | { readonly kind: "unknown" };

type GivenFlag = { readonly name: string; readonly value: string };

/** Reads the words as yargs would, and is content with any. @param words the last one is the one at the cursor, "" for none */
export async function readTypedLine(
  program: DeclaredCommand,
  words: readonly string[],
): Promise<TypedLine> {
  const place = await Place.at(program);
  const prefix = words.at(-1) ?? "";
  let pending: string | undefined;
  let isBehindDashes = false;
  for (const word of words.slice(0, -1)) {
    if (pending !== undefined && !(word.startsWith("-") && place.find(pending) === undefined)) {
      place.given.push({ name: pending, value: word });
      pending = undefined;
    } else if (word === "--") {
      isBehindDashes = true;
      break;
    } else if (isFlag(word)) pending = place.takeFlag(word);
    else await place.takeWord(word);
  }
  const current = isBehindDashes ? unknown : currentWord(place, prefix, pending);
  return place.line(current);
}

const unknown: CurrentWord = { kind: "unknown" };

function isFlag(word: string): boolean {
  return word.startsWith("-") && word !== "-";
}

function currentWord(place: Place, prefix: string, pending: string | undefined): CurrentWord {
  if (pending !== undefined) {
    const flag = place.find(pending);
    if (flag !== undefined) return { kind: "value", flag, prefix };
    if (!isFlag(prefix)) return unknown;
  }
  const equals = prefix.indexOf("=");
  if (isFlag(prefix) && equals > 0) {
    const flag = place.find(nameOf(prefix.slice(0, equals)));
    const isValue = flag !== undefined && flag.value !== "none";
    return isValue ? { kind: "value", flag, prefix: prefix.slice(equals + 1) } : unknown;
  }
  if (prefix.startsWith("-")) return { kind: "flag", prefix };
  return { kind: "word", prefix, ...place.nextPositional() };
}

function nameOf(flag: string): string {
  return flag.replace(/^--?/, "");
}

/** Where the words have led to. */
class Place {
  readonly given: GivenFlag[] = [];
  readonly #words: string[] = [];
  #path: string[] = [];
  #command: DeclaredCommand;
  #commands: readonly DeclaredCommand[] = [];
  /** Of the command and of those that it stands in. */
  #flags: readonly DeclaredFlag[] = [];
  #default:
    | { readonly command: DeclaredCommand; readonly flags: readonly DeclaredFlag[] }
    | undefined;

  private constructor(program: DeclaredCommand) {
    this.#command = program;
  }

  static async at(program: DeclaredCommand): Promise<Place> {
    const place = new Place(program);
    await place.#enter(program);
    return place;
  }

  find(name: string): DeclaredFlag | undefined {
    return this.#allFlags().find(({ names }) => names.includes(name));
  }

  /** @returns the name of a flag that waits for its value */
  takeFlag(word: string): string | undefined {
    const equals = word.indexOf("=");
    const name = nameOf(equals < 0 ? word : word.slice(0, equals));
    if (equals >= 0) {
      this.given.push({ name, value: word.slice(equals + 1) });
      return undefined;
    }
    const flag = this.find(name);
    // One that only the command knows, which comes later: yargs takes the next word for its value.
    if (flag === undefined || flag.value === "required") return name;
    this.given.push({ name, value: "" });
    return undefined;
  }

  async takeWord(word: string): Promise<void> {
    const command = this.#openCommands().find(
      ({ name, aliases }) => word !== "" && (name === word || aliases.includes(word)),
    );
    if (command) await this.#enter(command);
    else this.#words.push(word);
  }

  nextPositional(): { readonly positional?: DeclaredPositional } {
    const { positionals } = this.#default?.command ?? this.#command;
    const last = positionals.at(-1);
    const next = positionals[this.#words.length] ?? (last?.isVariadic ? last : undefined);
    return next === undefined ? {} : { positional: next };
  }

  line(current: CurrentWord): TypedLine {
    const chosen = this.#default?.command.name ?? "";
    return {
      command: [...this.#path, chosen].filter((name) => name !== "").join(" "),
      flags: this.#allFlags(),
      commands: this.#openCommands(),
      words: this.#words,
      given: this.#values(),
      current,
    };
  }

  /** Once a word stands there that is none of them, it belongs to the default command. */
  #openCommands(): readonly DeclaredCommand[] {
    return this.#words.length === 0 ? this.#commands : [];
  }

  #allFlags(): readonly DeclaredFlag[] {
    const all = [...(this.#default?.flags ?? []), ...this.#flags];
    return all.filter((flag, index) => all.findIndex(({ name }) => name === flag.name) === index);
  }

  async #enter(command: DeclaredCommand): Promise<void> {
    const { flags, commands } = await command.open();
    this.#command = command;
    if (command.name !== "") this.#path = [...this.#path, command.name];
    this.#commands = commands;
    this.#flags = [...flags, ...this.#flags];
    const standIn = commands.find(({ isDefault }) => isDefault);
    this.#default = standIn && { command: standIn, flags: (await standIn.open()).flags };
  }

  #values(): Readonly<Record<string, unknown>> {
    const values = new Map<DeclaredFlag, string[]>();
    for (const { name, value } of this.given) {
      const flag = this.find(name);
      if (flag) values.set(flag, [...(values.get(flag) ?? []), value]);
    }
    return Object.fromEntries([...values].map(([flag, texts]) => [flag.name, flag.coerce(texts)]));
  }
}
