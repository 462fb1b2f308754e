import { quote } from "shlex";
import { ArkError, messageOf } from "../../lib/errors.ts";
import { splitShellWords } from "../../lib/shell-words.ts";
import { shorten } from "../../lib/shorten.ts";

/** A longer command is not repeated whole in a hint. */
const MAX_REPEATED = 300;

/**
 * A hook's command as given to a flag: a JSON array when it begins with "[", else words as a shell splits them.
 * @param flag for messages: "--pre"
 * @returns argv, at least one word
 * @throws ArkError Usage, also for what only a shell would understand: no shell runs a hook
 */
export function parseCommandFlag(text: string, flag: "--pre" | "--post"): readonly string[] {
  if (text.trimStart().startsWith("[")) return checkCommand(parseArgv(text, flag), flag);
  const { words, problem } = splitShellWords(text);
  if (problem === undefined) return checkCommand(words, flag);
  const phase = flag.slice(2);
  throw new ArkError("Usage", `${flag}: ${problem.message}: ${shorten(text)}`, {
    hint:
      problem.kind === "malformed"
        ? `Quote the words as in a shell, or write a JSON array: ${flag} '["program","argument"]'.`
        : `A hook runs without a shell. Quote it if it is meant as it stands; else use the container's shell, with this at the end of the command: --phase ${phase} -- sh -c ${text.length > MAX_REPEATED ? "'…'" : quote(text)}`,
  });
}

/** @throws ArkError Usage when there is no program to run, or a word that no process can be given */
export function checkCommand(argv: readonly string[], flag: string): readonly string[] {
  if ((argv[0] ?? "") === "") throw new ArkError("Usage", `${flag}: the command is empty`);
  if (argv.some((word) => word.includes("\0"))) {
    throw new ArkError("Usage", `${flag}: a word of the command contains a NUL character`);
  }
  return argv;
}

function parseArgv(text: string, flag: string): readonly string[] {
  const parsed = parseJson(text, flag);
  if (isArgv(parsed)) return parsed;
  throw new ArkError("Usage", `${flag}: the JSON array holds something else than texts`, {
    hint: `Put each word in double quotes: ${flag} '["sleep","5"]'.`,
  });
}

function isArgv(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((word) => typeof word === "string");
}

function parseJson(text: string, flag: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `${flag} begins with "[" but is not a JSON array: ${messageOf(cause)}`;
    throw new ArkError("Usage", message, {
      cause,
      hint: `Write ${flag} '["program","argument"]'; for the command called "[", write test.`,
    });
  }
}
