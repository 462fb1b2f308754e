import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { sep } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ArkError, hasCode, messageOf } from "../../lib/errors.ts";
import { batchFileCommand, isBatchFile } from "./batch-file-command.ts";
import type { FetchedCredential } from "./cached-credentials.ts";
import type { ConnectionEnvironment } from "./connection-flags.ts";
import { execInfo, parseExecCredential } from "./exec-credential.ts";
import type { ExecPlugin, KubeconfigCluster } from "./kubeconfig.ts";

const maxStdoutBytes = 1024 * 1024;

export type ExecPluginRun = {
  readonly plugin: ExecPlugin;
  readonly userName: string;
  readonly cluster: KubeconfigCluster;
  readonly certificateAuthority: string | undefined;
  readonly environment: Pick<ConnectionEnvironment, "env" | "isTerminal">;
};

/**
 * Runs a credential plugin once, as client-go. Its stderr, and its stdin where it may ask, are the caller's own
 * terminal, so that prompts are seen and answered.
 * @throws ArkError KubeconfigInvalid, with the plugin's install hint when it is not there
 */
export async function runExecPlugin(
  run: ExecPluginRun,
  signal: AbortSignal,
): Promise<FetchedCredential> {
  const { plugin, userName } = run;
  try {
    const interactive = isInteractive(plugin, run.environment.isTerminal);
    const info = execInfo(plugin, interactive, run.cluster, run.certificateAuthority);
    const stdout = await outputOf(run, { interactive, info }, signal);
    return parseExecCredential(stdout, plugin);
  } catch (error) {
    const subject = `the credential plugin ${plugin.command} of user ${userName}`;
    const options = hasCode(error, "KubeconfigInvalid")
      ? { hint: error.hint, cause: error.cause }
      : { cause: error };
    throw new ArkError("KubeconfigInvalid", `${subject}: ${messageOf(error)}`, options);
  }
}

function isInteractive(plugin: ExecPlugin, isTerminal: boolean): boolean {
  if (plugin.interactiveMode === "Always" && !isTerminal) {
    throw new ArkError("KubeconfigInvalid", "it needs a terminal on standard input", {
      hint: "Run the command in a terminal, or use a user that needs no login.",
    });
  }
  return plugin.interactiveMode !== "Never" && isTerminal;
}

function outputOf(
  run: ExecPluginRun,
  { interactive, info }: { readonly interactive: boolean; readonly info: string },
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { plugin } = run;
  const own = Object.fromEntries(plugin.env.map(({ name, value }) => [name, value]));
  const env = { ...run.environment.env, ...own, KUBERNETES_EXEC_INFO: info };
  const isBatch = process.platform === "win32" && isBatchFile(plugin.command);
  const { file, args } = isBatch
    ? batchFileCommand(plugin.command, plugin.args, run.environment.env["ComSpec"] || "cmd.exe")
    : { file: plugin.command, args: plugin.args };
  const child = spawn(file, args, {
    env,
    windowsVerbatimArguments: isBatch,
    stdio: [interactive ? "inherit" : "ignore", "pipe", "inherit"],
    signal,
    windowsHide: !interactive,
  });
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    child.stdout?.on("data", (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= maxStdoutBytes) chunks.push(chunk);
      else {
        child.kill("SIGKILL");
        reject(problem("it printed more than 1 MiB"));
      }
    });
    child.once("error", (error) => reject(startError(error, plugin)));
    child.once("close", () => {
      if (child.exitCode === 0) resolve(Buffer.concat(chunks));
      else reject(problem(`it failed with ${endOf(child)}; see its own messages above`));
    });
  });
}

function endOf(child: ChildProcess): string {
  return child.exitCode === null ? `signal ${child.signalCode}` : `exit code ${child.exitCode}`;
}

function startError(error: NodeJS.ErrnoException, plugin: ExecPlugin): ArkError {
  if (error.code !== "ENOENT") {
    return new ArkError("KubeconfigInvalid", `it cannot be started: ${error.message}`, {
      cause: error,
    });
  }
  const where = plugin.command.includes(sep) ? "there is no such file" : "it is not in the PATH";
  const hint = stripVTControlCharacters(plugin.installHint ?? "")
    .trim()
    .slice(0, 2000);
  return new ArkError("KubeconfigInvalid", where, {
    hint: hint || "Install the plugin, or choose a user that does not need it.",
    cause: error,
  });
}

function problem(message: string): ArkError {
  return new ArkError("KubeconfigInvalid", message);
}
