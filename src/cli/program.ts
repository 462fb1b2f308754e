import type { Argv } from "yargs";
import { ArkError, hasCode } from "../lib/errors.ts";
import { declareBackup } from "./commands/backup.ts";
import { declareCompletion } from "./commands/completion.ts";
import { declareDoctor } from "./commands/doctor.ts";
import { declareGet } from "./commands/get.ts";
import { declareRbac } from "./commands/declare-rbac.ts";
import { declareHooks } from "./commands/hooks.ts";
import { declareVersion } from "./commands/version.ts";
import type { CliContext } from "./cli-context.ts";
import { isCompletionRequest } from "./completion/completion-request.ts";
import type { Deferred } from "./deferred.ts";
import { EXIT, exitCodeOfError } from "./exit-codes.ts";
import { printError } from "./print/errors.ts";
import { firstSteps } from "./print/first-steps.ts";
import { commandWords, explainUsage } from "./unknown-words.ts";

/**
 * Parses the words, runs the command and prints what went wrong. Without words it says what to do first, as kubectl.
 * @param words the command line without node and script
 * @returns the exit code, see exit-codes.ts
 */
export async function runProgram(words: readonly string[], context: CliContext): Promise<number> {
  try {
    if (words.length === 0) {
      context.stdout.write(firstSteps);
      return EXIT.ok;
    }
    if (isCompletionRequest(words)) {
      const { answerCompletion } = await import("./completion/answer-completion.ts");
      return await answerCompletion(words, (program) => declare(program, context, {}), context);
    }
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
  const { default: yargs } = await import("yargs");
  const program = declare(yargs().locale("en"), context, deferred);
  keepHelpForLater(program);
  return await new Promise((resolve, reject) => {
    void program.parse([...words], {}, (error, _argv, output) => {
      if (error) reject(error);
      else resolve(output);
    });
  });
}

/**
 * Before it calls a handler yargs lays out the whole help, in case the handler asks for it: a quarter of a short command's
 * time. Ours only note what is to be run.
 */
function keepHelpForLater(program: object): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- there is no public switch for it
  const internals = program as {
    getInternalMethods?(): { getUsageInstance?(): { cacheHelpMessage?(): void } };
  };
  const usage = internals.getInternalMethods?.().getUsageInstance?.();
  if (usage?.cacheHelpMessage) usage.cacheHelpMessage = () => {};
}

/** All commands and flags; what parsing chooses is left in `deferred`. */
export function declare(program: Argv, context: CliContext, deferred: Deferred): Argv {
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
    .demandCommand(
      1,
      "Say what to do: backup, get, hooks, doctor, rbac, completion or version. See kubectl ark --help.",
    )
    .exitProcess(false)
    .fail((message, error) => {
      throw error instanceof ArkError ? error : new ArkError("Usage", message, usageHint(error));
    })
    .epilogue("Exit codes: 0 Completed, 1 Failed, 2 usage, 3 PartiallyFailed, 130 interrupted.");
  for (const add of [
    declareBackup,
    declareGet,
    declareHooks,
    declareRbac,
    declareDoctor,
    declareCompletion,
    declareVersion,
  ]) {
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
