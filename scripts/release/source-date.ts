import { runCommand } from "./run-command.ts";

/**
 * The time that all files of a release carry, in seconds since 1970: SOURCE_DATE_EPOCH
 * (https://reproducible-builds.org/docs/source-date-epoch/), else when the commit was made.
 * @throws when neither is known
 */
export async function sourceDate(env: NodeJS.ProcessEnv, root: string): Promise<number> {
  const given = env["SOURCE_DATE_EPOCH"];
  if (given !== undefined) {
    if (/^\d{1,10}$/.test(given)) return Number(given);
    throw new Error(`SOURCE_DATE_EPOCH is not a number of seconds: ${given}`);
  }
  const words = ["-C", root, "log", "-1", "--format=%ct"];
  const commit = await runCommand("git", words).catch(() => "");
  if (commit.trim() !== "") return Number(commit);
  throw new Error("There is no commit to take the time from: set SOURCE_DATE_EPOCH.");
}

/** Whether the files differ from the commit: what is made of them is no release. Undefined where there is no git. */
export async function isChanged(root: string): Promise<boolean | undefined> {
  const words = ["-C", root, "status", "--porcelain"];
  const status = await runCommand("git", words).catch(() => undefined);
  return status === undefined ? undefined : status.trim() !== "";
}
