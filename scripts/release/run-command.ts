import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs a program to its end. @returns its stdout @throws with its stderr when it fails */
export async function runCommand(
  program: string,
  words: readonly string[],
  options: { readonly directory?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const { directory = ".", env = process.env } = options;
  const { stdout } = await run(program, words, { cwd: directory, env });
  return stdout;
}
