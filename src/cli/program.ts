import yargs, { type Argv } from "yargs";
import { ArkError, hasCode } from "../lib/errors.ts";
import { declareBackup } from "./commands/backup.ts";
import { declareGet } from "./commands/get.ts";
import { declareHooks } from "./commands/hooks.ts";
import { declareVersion } from "./commands/version.ts";
import type { CliContext } from "./cli-context.ts";
import type { Deferred } from "./deferred.ts";
import { EXIT, exitCodeOfError } from "./exit-codes.ts";
import { printError } from "./print/errors.ts";
import { commandWords, explainUsage } from "./unknown-words.ts";

/**
 * Parses the words, runs the command and prints what went wrong.
 * @param words the command line without node and script
 * @returns the exit code, see exit-codes.ts
 */
export async function runProgram(words: readonly string[], context: CliContext): Promise<number> {
  try {
    const deferred: Deferred = {};
    const shown = await parseOrExplain(words, context, deferred);
    if (shown !== "") context.stdout.write(`${shown}\n`);
    return (await deferred.run?.()) ?? EXIT.ok;
  } catch (error) {
    printError(error, context, { stack: wantsStack(words) });
    return exitCodeOfError(error);
  }
}

/** @returns help, where that was asked for @throws ArkError Usage, with what was probably meant */
async function parseOrExplain(
  words: readonly string[],
  context: CliContext,
  deferred: Deferred,
): Promise<string> {
  try {
    return await parse(words, context, deferred);
  } catch (error) {
    if (!hasCode(error, "Usage")) throw error;
    const help = await parse([...commandWords(words), "--help"], context, {}).catch(() => "");
    throw explainUsage(error, words, help);
  }
}

async function parse(
  words: readonly string[],
  context: CliContext,
  deferred: Deferred,
): Promise<string> {
  const program = declare(yargs().locale("en"), context, deferred);
  return await new Promise((resolve, reject) => {
    void program.parse([...words], {}, (error, _argv, output) => {
      if (error) reject(error);
      else resolve(output);
    });
  });
}

function declare(program: Argv, context: CliContext, deferred: Deferred): Argv {
  const columns = context.stdout.isTTY ? context.stdout.columns : undefined;
  const declared = program
    .scriptName("kubectl ark")
    .usage("Application-consistent backups of Kubernetes, taken from this machine.")
    .parserConfiguration({
      "boolean-negation": false,
      "camel-case-expansion": false,
      "greedy-arrays": false,
      // Words stay as they are written: `-- sleep 007`.
      "parse-positional-numbers": false,
      "populate--": true,
    })
    .option("v", {
      alias: "verbose",
      type: "count",
      global: true,
      describe: "Show where an error comes from",
    })
    .help("help", "Show help")
    .alias("h", "help")
    .version(false)
    .wrap(Math.min(columns ?? 80, 100))
    .strict()
    .demandCommand(1, "Say what to do: backup, get, hooks or version. See kubectl ark --help.")
    .exitProcess(false)
    .fail((message, error) => {
      throw error instanceof ArkError ? error : new ArkError("Usage", message, usageHint(error));
    })
    .epilogue("Exit codes: 0 Completed, 1 Failed, 2 usage, 3 PartiallyFailed, 130 interrupted.");
  for (const add of [declareBackup, declareGet, declareHooks, declareVersion]) {
    add(declared, context, deferred);
  }
  return declared;
}

function usageHint(cause: unknown): { hint: string; cause: unknown } {
  return { hint: "See `kubectl ark --help`, or --help after the command.", cause };
}

function wantsStack(words: readonly string[]): boolean {
  return words.some((word) => /^-v+$|^--verbose$/.test(word));
}
