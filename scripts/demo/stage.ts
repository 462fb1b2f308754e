import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

const executable = resolve(import.meta.dirname, "../../dist/kubectl-ark");

/** Runs the built executable with these words, and shows it as `kubectl ark`. @throws Error on another exit code */
export type RunArk = (words: readonly string[], expectedExitCode?: number) => Promise<void>;

export function say(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

export function title(text: string): void {
  say("", `── ${text} ${"─".repeat(Math.max(0, 74 - text.length))}`, "");
}

/**
 * @param directory the working directory, where a file called kubeconfig is; backups go to `kubectl-ark/backups` in it
 */
export function createArk(directory: string): RunArk {
  return async (words, expectedExitCode = 0) => {
    const command = `kubectl ark ${words.join(" ")}`;
    say(`$ ${command}`);
    const exitCode = await run(words, directory);
    if (expectedExitCode !== 0) say(`(exit code ${exitCode})`);
    say("");
    if (exitCode === expectedExitCode) return;
    throw new Error(`${command} ended with exit code ${exitCode}`);
  };
}

async function run(words: readonly string[], directory: string): Promise<number | null> {
  // Both streams into ours, so that they stand in the order in which they were written, in a pipe too.
  const child = spawn(process.execPath, [executable, ...words], {
    cwd: directory,
    env: environment(directory),
    stdio: ["ignore", process.stdout, process.stdout],
  });
  await once(child, "exit");
  return child.exitCode;
}

/** The user's own cluster, store and proxies have no part in the demo. */
function environment(directory: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(?:ARK_STORE|KUBECONFIG|NODE_TEST_CONTEXT|.*_PROXY)$/i.test(name),
  );
  return {
    ...Object.fromEntries(own),
    KUBECONFIG: resolve(directory, "kubeconfig"),
    XDG_CONFIG_HOME: directory,
    XDG_DATA_HOME: directory,
    XDG_STATE_HOME: directory,
  };
}
