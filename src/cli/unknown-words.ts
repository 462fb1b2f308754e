import { ArkError } from "../lib/errors.ts";
import { joinShellWords } from "../lib/shell-quote.ts";
import { shorten } from "../lib/shorten.ts";
import { didYouMean } from "../lib/suggest.ts";

const unknown = /^Unknown (?:argument|command)s?: (.+)$/;
const tooFew = /^Not enough non-option arguments: got (\d+), need at least \d+$/;
/** Ark had each verb both ways round: `ark delete backup x`. */
const verbsOfBackup = ["create", "describe", "delete", "logs", "download"];

/**
 * Names what is missing or mistyped, and what was probably meant.
 * @param error a usage error in yargs' words
 * @param help the help of the command that the words lead to, from which commands and flags are read
 * @returns the same error where it is about something else
 */
export function explainUsage(error: ArkError, words: readonly string[], help: string): ArkError {
  const told = explainMissing(error, help) ?? explainUnknown(error, words, help);
  if (told === undefined) return error;
  return new ArkError("Usage", told, { hint: error.hint, cause: error.cause });
}

function explainMissing({ message }: ArkError, help: string): string | undefined {
  const got = tooFew.exec(message)?.[1];
  const [usage = ""] = help.split("\n");
  const missing = [...usage.matchAll(/<([\w-]+)/g)].at(Number(got))?.[1];
  return got === undefined || missing === undefined
    ? undefined
    : `${missing.toUpperCase()} is missing: ${usage}`;
}

function explainUnknown(
  { message }: ArkError,
  words: readonly string[],
  help: string,
): string | undefined {
  const names = unknown.exec(message)?.[1]?.split(", ");
  if (!names) return undefined;
  const [verb = "", noun = "", ...rest] = words;
  if (verbsOfBackup.includes(verb)) {
    const others = /^backups?$/.test(noun) || noun === "" ? rest : [noun, ...rest];
    const meant = shorten(joinShellWords(["kubectl", "ark", "backup", verb, ...others]), 200);
    return `unknown command: "${verb}"; did you mean ${meant}?`;
  }
  const flags = names.filter((name) => findFlag(name, words) !== undefined);
  // What follows an unknown command is that command's.
  const commands = names.filter((name) => !flags.includes(name)).slice(0, 1);
  return [...flags, ...commands].map((name) => explain(name, words, help)).join("\n");
}

function findFlag(name: string, words: readonly string[]): string | undefined {
  return words.find((word) => /^--?/.test(word) && word.replace(/^--?|=.*$/gs, "") === name);
}

function explain(name: string, words: readonly string[], help: string): string {
  const flag = findFlag(name, words);
  if (flag !== undefined) {
    const dashes = /^--?/.exec(flag)?.[0] ?? "--";
    const flags = [...help.matchAll(/--([a-z][-a-z]+)/g)].map(([, known]) => known ?? "");
    const meant = didYouMean(name, flags).replace(/mean /, "mean --").replaceAll(" or ", " or --");
    return `unknown flag: ${dashes}${name}${meant}`;
  }
  const paths = [...help.matchAll(/^ {2}kubectl ark ([a-z ]+?)(?= [[<]| {2}|$)/gm)];
  const commands = paths.map(([, path]) => path?.split(" ").at(-1) ?? "");
  return `unknown command: "${name}"${didYouMean(name, commands)}`;
}

/** The words up to the first flag or unknown name: these lead to the command whose help is wanted. */
export function commandWords(words: readonly string[]): string[] {
  const end = words.findIndex((word) => word.startsWith("-"));
  return words.slice(0, end < 0 ? words.length : end);
}
