import { setTimeout as delay } from "node:timers/promises";

/** A command in a container, as the runtime meets it. */
export type ContainerExec = {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  /** Ends when the client closes stdin or goes away; empty when none was asked for. */
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Resolve when the network has taken the bytes. */
  readonly stdout: (chunk: Uint8Array | string) => Promise<void>;
  readonly stderr: (chunk: Uint8Array | string) => Promise<void>;
  /** The client is gone. A real process runs on; a test's may end. */
  readonly signal: AbortSignal;
};

/** Resolves with the exit code; a ContainerError is an error of the runtime, not of the command. */
export type ContainerRuntime = (exec: ContainerExec) => Promise<number>;

export class ContainerError extends Error {}

/** The container runtime's words for a program that does not exist. */
export function executableNotFound(program: string): ContainerError {
  return new ContainerError(
    `error executing command in container: failed to exec in container: failed to start exec "0123456789abcdef": OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": executable file not found in $PATH`,
  );
}

/**
 * A container with true, false, echo, cat, sleep, fsfreeze and a `sh -c` that knows `;`, `&&`, `||`, quotes, `>&2` and
 * `exit`. `frozen` holds "namespace/pod path" of what fsfreeze froze.
 */
export function simulatedContainer(frozen: Set<string>): ContainerRuntime {
  return (exec) => runProgram(exec, frozen, exec.command);
}

async function runProgram(
  exec: ContainerExec,
  frozen: Set<string>,
  command: readonly string[],
): Promise<number> {
  const [program = "", ...args] = command;
  switch (program.replace(/^.*\//, "")) {
    case "true":
    case ":":
      return 0;
    case "false":
      return 1;
    case "echo":
      await exec.stdout(`${args.join(" ")}\n`);
      return 0;
    case "cat":
      for await (const chunk of exec.stdin) await exec.stdout(chunk);
      return 0;
    case "sleep":
      await delay(Number(args[0]) * 1000, undefined, { signal: exec.signal }).catch(() => {});
      return 0;
    case "fsfreeze":
      return fsfreeze(exec, frozen, args);
    case "sh":
      return args[0] === "-c" ? runScript(exec, frozen, args[1] ?? "") : 0;
    default:
      throw executableNotFound(program);
  }
}

async function fsfreeze(
  exec: ContainerExec,
  frozen: Set<string>,
  args: readonly string[],
): Promise<number> {
  const [option = "", path = ""] = args;
  const key = `${exec.namespace}/${exec.pod} ${path}`;
  const isFreeze = option === "-f" || option === "--freeze";
  if (isFreeze === frozen.has(key)) {
    const problem = isFreeze
      ? "freeze failed: Device or resource busy"
      : "unfreeze failed: Invalid argument";
    await exec.stderr(`fsfreeze: ${path}: ${problem}\n`);
    return 1;
  }
  if (isFreeze) frozen.add(key);
  else frozen.delete(key);
  return 0;
}

async function runScript(
  exec: ContainerExec,
  frozen: Set<string>,
  script: string,
): Promise<number> {
  let exitCode = 0;
  let operator = ";";
  for (const part of script.split(/(;|&&|\|\|)/)) {
    if (/^(;|&&|\|\|)$/.test(part)) {
      operator = part;
      continue;
    }
    const isSkipped = operator === "&&" ? exitCode !== 0 : operator === "||" && exitCode === 0;
    if (isSkipped || part.trim() === "") continue;
    const words = splitWords(part);
    if (words[0] === "exit") return Number(words[1] ?? exitCode);
    exitCode = await runInShell(exec, frozen, words);
  }
  return exitCode;
}

async function runInShell(
  exec: ContainerExec,
  frozen: Set<string>,
  words: readonly string[],
): Promise<number> {
  const toStderr = words.includes(">&2");
  const command = words.filter((word) => word !== ">&2");
  try {
    return await runProgram(toStderr ? { ...exec, stdout: exec.stderr } : exec, frozen, command);
  } catch (error) {
    if (!(error instanceof ContainerError)) throw error;
    await exec.stderr(`sh: ${command[0]}: not found\n`);
    return 127;
  }
}

function splitWords(text: string): string[] {
  return [...text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replaceAll(/["']/g, ""),
  );
}
