import { type Candidate, type Completion, DIRECTIVE, NOTHING, wordsOf } from "./candidate.ts";
import type { DeclaredFlag } from "./declared-command.ts";
import type { TypedLine } from "./typed-line.ts";
import { sourceOfFlag, sourceOfPositional, type ValueSource } from "./value-sources.ts";

/** What is asked for the values of a source. */
export type ValueRequest = {
  readonly line: TypedLine;
  /** What is typed of the value; of a list, of its last element. */
  readonly prefix: string;
};

/** Finds the values of a source; it may give values that do not begin with the prefix. @throws whatever gets in its way */
export type FindValues = (source: ValueSource, request: ValueRequest) => Promise<Completion>;

/** What may stand at the cursor. @throws as `findValues` */
export async function completeLine(line: TypedLine, findValues: FindValues): Promise<Completion> {
  const { current } = line;
  if (current.kind === "unknown") return NOTHING;
  const { prefix } = current;
  if (current.kind === "flag") return startingWith(prefix, wordsOf(flagNames(line, prefix)));
  if (current.kind === "value") return completeValue(line, current.flag, prefix, findValues);
  const commands = startingWith(prefix, wordsOf(commandNames(line)));
  const name = current.positional?.name;
  const source = name === undefined ? undefined : sourceOfPositional(line.command, name);
  if (source === undefined) return commands;
  const values = await findValues(source, { line, prefix });
  const isNew = ({ word }: Candidate): boolean => !line.words.includes(word);
  const fresh = { ...values, candidates: values.candidates.filter(isNew) };
  return merge(commands, startingWith(prefix, fresh));
}

async function completeValue(
  line: TypedLine,
  flag: DeclaredFlag,
  prefix: string,
  findValues: FindValues,
): Promise<Completion> {
  const comma = flag.isList ? prefix.lastIndexOf(",") + 1 : 0;
  const [before, last] = [prefix.slice(0, comma), prefix.slice(comma)];
  const values = await valuesOf(line, flag, last, findValues);
  const { candidates, directive } = startingWith(last, values);
  const others = before.split(",");
  return {
    directive,
    candidates: candidates
      .filter(({ word }) => !others.includes(word))
      .map((candidate) => ({ ...candidate, word: `${before}${candidate.word}` })),
  };
}

async function valuesOf(
  line: TypedLine,
  flag: DeclaredFlag,
  prefix: string,
  findValues: FindValues,
): Promise<Completion> {
  if (flag.choices.length > 0) return wordsOf(flag.choices);
  if (flag.isSwitch) return wordsOf(["true", "false"]);
  const source = sourceOfFlag(line.command, flag.name);
  return source === undefined ? NOTHING : findValues(source, { line, prefix });
}

function commandNames({ commands }: TypedLine): Candidate[] {
  return commands
    .filter(({ name, description }) => name !== "" && description !== "")
    .map(({ name, description }) => ({ word: name, description }));
}

/** Short forms too, where no more than a dash is typed. */
function flagNames({ flags, given }: TypedLine, prefix: string): Candidate[] {
  const usable = flags.filter(
    ({ name, isHidden, isRepeatable }) =>
      !isHidden && (isRepeatable || !Object.hasOwn(given, name)),
  );
  const words = usable.flatMap(({ name, names, description }) => [
    { word: name.length > 1 ? `--${name}` : `-${name}`, description },
    ...names
      .filter((short) => short.length === 1 && short !== name && !prefix.startsWith("--"))
      .map((short) => ({ word: `-${short}`, description })),
  ]);
  return words.toSorted((a, b) => (a.word < b.word ? -1 : 1));
}

/** Where the shell looks for files, the words are endings. */
function startingWith(prefix: string, completion: Completion): Completion {
  const { candidates, directive } = completion;
  if ((directive & DIRECTIVE.filesWithEnding) !== 0) return completion;
  return { directive, candidates: candidates.filter(({ word }) => word.startsWith(prefix)) };
}

function merge(commands: Completion, values: Completion): Completion {
  if (commands.candidates.length === 0) return values;
  return {
    candidates: [...commands.candidates, ...values.candidates],
    directive: commands.directive,
  };
}
