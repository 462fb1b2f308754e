import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { endProcessScript } from "../../src/hooks/end-process-script.ts";

export type ShimRequest = {
  readonly id: number;
  readonly command: readonly string[];
  readonly stdin: "ignore" | "pipe";
  /** When to answer: once it runs, once it has said a line, or once it has ended. */
  readonly wait: "spawn" | "line" | "end";
};
export type ShimAnswer = { readonly id: number; readonly pid: number; readonly text: string };

/**
 * What a container is to a script that looks for processes: its own process and those that were started in it by exec,
 * each the leader of a session, without input, and with a parent outside.
 */
export class ShellContainer {
  /** When its own process runs. */
  readonly started: Promise<unknown>;
  readonly #shim: ChildProcess;
  readonly #shell: readonly string[];
  readonly #answers = new Map<number, (answer: ShimAnswer) => void>();
  #lastId = 0;
  #startedMs = 0;

  /** @param shell to run scripts with, up to their `-c` @param main its own process */
  constructor(shell: readonly string[], main: readonly string[] = ["sleep", "3600"]) {
    this.#shell = shell;
    this.#shim = fork(join(import.meta.dirname, "container-shim.ts"), { execArgv: [] });
    this.#shim.on("message", (answer: ShimAnswer) => this.#answers.get(answer.id)?.(answer));
    after(() => this.#shim.disconnect());
    this.started = this.#ask({ command: main, stdin: "ignore", wait: "spawn" });
  }

  async start(command: readonly string[], stdin: ShimRequest["stdin"] = "ignore"): Promise<number> {
    await this.started;
    this.#startedMs = performance.now();
    return (await this.#ask({ command, stdin, wait: "spawn" })).pid;
  }

  /** Starts a command and waits for a line of it. */
  async startAndRead(command: readonly string[]): Promise<{ pid: number; line: string }> {
    await this.started;
    this.#startedMs = performance.now();
    const { pid, text } = await this.#ask({ command, stdin: "ignore", wait: "line" });
    return { pid, line: text.trim() };
  }

  /** Ends a command that was started last. @param elapsedMs since then. @returns what the script says */
  async end(
    command: readonly string[],
    elapsedMs = performance.now() - this.#startedMs,
  ): Promise<string> {
    const hundredths = String(Math.ceil(elapsedMs / 10));
    const words = ["-c", endProcessScript, "kubectl-ark-end-process", hundredths, ...command];
    const request = { command: [...this.#shell, ...words], stdin: "ignore", wait: "end" } as const;
    return (await this.#ask(request)).text.trim();
  }

  #ask(request: Omit<ShimRequest, "id">): Promise<ShimAnswer> {
    const { promise, resolve } = Promise.withResolvers<ShimAnswer>();
    const id = ++this.#lastId;
    this.#answers.set(id, resolve);
    this.#shim.send({ ...request, id });
    return promise;
  }
}

/** Whether a process lives, and is not a dead one that nobody has asked for yet. */
export function isAlive(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  return stat !== "" && !/\) [ZX] /.test(stat);
}

export function kill(...pids: readonly number[]): void {
  for (const pid of pids) process.kill(pid, "SIGKILL");
}

/** Waits until a shell has replaced itself by a program. */
export async function becomes(pid: number, program: string): Promise<void> {
  while (!read(`/proc/${pid}/cmdline`).startsWith(`${program}\0`)) {
    await new Promise(setImmediate);
  }
}

/** Waits until what starts now has another starting time, in hundredths of a second, than what started before. */
export async function laterTick(): Promise<void> {
  const uptime = read("/proc/uptime").split(" ", 1)[0];
  while (read("/proc/uptime").startsWith(`${uptime} `)) await new Promise(setImmediate);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
