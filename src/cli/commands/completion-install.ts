import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ArkError, messageOf } from "../../lib/errors.ts";
import { joinShellWords } from "../../lib/shell-quote.ts";
import type { CliContext } from "../cli-context.ts";
import { findProgram, isOnPath, isWritableDirectory } from "../completion/search-path.ts";
import { shellAdvice } from "../completion/shell-advice.ts";
import { COMPLETER, writeShim } from "../completion/shim.ts";
import { EXIT } from "../exit-codes.ts";
import { escapeLine } from "../print/escape.ts";

export type InstallArguments = {
  readonly dir?: string | undefined;
  readonly force?: boolean | undefined;
};

/**
 * `completion install`: writes the two lines that kubectl runs to complete `kubectl ark`.
 * @throws ArkError Usage, AlreadyExists
 */
export async function runCompletionInstall(
  { dir, force = false }: InstallArguments,
  context: CliContext,
  platform: NodeJS.Platform = process.platform,
): Promise<number> {
  if (platform === "win32") throw notOnWindows();
  const directory = await chooseDirectory(dir, context);
  const path = await writeShim(directory, { force });
  context.stdout.write(`${escapeLine(path)}\n`);
  const problems = await findProblems(path, context);
  for (const problem of problems) context.stderr.write(`warning: ${escapeLine(problem)}\n`);
  context.stderr.write(
    `kubectl now completes "kubectl ark" in shells that have kubectl's own completion. If yours has not:\n${shellAdvice(context.env["SHELL"])}`,
  );
  return EXIT.ok;
}

function notOnWindows(): ArkError {
  return new ArkError("Usage", "completion cannot be installed on Windows yet", {
    hint: "kubectl would run a batch file there, and cmd.exe would take parts of what is typed for commands.",
  });
}

/** Beside kubectl-ark, where it is found already; else where the user's own programs are. */
async function chooseDirectory(
  given: string | undefined,
  { env, home, cwd }: CliContext,
): Promise<string> {
  if (given === "") throw new ArkError("Usage", "--dir is empty");
  if (given !== undefined) return existing(resolve(cwd, given));
  const plugin = await findProgram("kubectl-ark", env);
  if (plugin !== undefined && (await isWritableDirectory(dirname(plugin)))) return dirname(plugin);
  const own = join(home, ".local", "bin");
  await mkdir(own, { recursive: true }).catch((cause: unknown) => {
    throw new ArkError("Usage", `cannot make ${own}: ${messageOf(cause)}`, {
      cause,
      hint: "Choose a directory on the PATH with --dir.",
    });
  });
  return own;
}

async function existing(directory: string): Promise<string> {
  if (await isWritableDirectory(directory)) return directory;
  throw new ArkError("Usage", `--dir: ${directory} is no directory that can be written to`);
}

/** What keeps kubectl from finding what was written. */
async function findProblems(path: string, { env }: CliContext): Promise<string[]> {
  const directory = dirname(path);
  const problems: string[] = [];
  const found = await findProgram(COMPLETER, env);
  if (!isOnPath(directory, env)) {
    problems.push(
      `${directory} is not on the PATH, where kubectl looks. Add it: export PATH="$PATH":${joinShellWords([directory])}`,
    );
  } else if (found !== undefined && dirname(found) !== directory) {
    problems.push(`${found} comes first on the PATH: kubectl runs that one`);
  }
  if ((await findProgram("kubectl-ark", env)) === undefined) {
    problems.push("kubectl-ark is not on the PATH; completion needs it there, as kubectl does");
  }
  return problems;
}
