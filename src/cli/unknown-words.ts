import { ArkError } from "../lib/errors.ts";
import { didYouMean } from "../lib/suggest.ts";

const unknown = /^Unknown (?:argument|command)s?: (.+)$/;

/**
 * Names what was mistyped and what was probably meant.
 * @param error a usage error in yargs' words
 * @param help the help of the command that the words lead to, from which commands and flags are read
 * @returns the same error where it is about something else
 */
export function explainUnknown(error: ArkError, words: readonly string[], help: string): ArkError {
  const names = unknown.exec(error.message)?.[1]?.split(", ");
  if (!names) return error;
  const told = names.map((name) => explain(name, words, help));
  return new ArkError("Usage", told.join("\n"), { hint: error.hint, cause: error.cause });
}

function explain(name: string, words: readonly string[], help: string): string {
  const flag = words.find((word) => /^--?/.test(word) && word.replace(/^--?|=.*$/gs, "") === name);
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
