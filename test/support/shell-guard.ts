import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { once } from "node:events";
import { after } from "node:test";
import { guardCommand, type GuardTask } from "../../src/hooks/guard-script.ts";
import { aHook } from "./hook-builders.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** A shell of this machine, and how it is called as `sh`. */
export type Shell = {
  readonly name: string;
  readonly words: readonly string[];
  readonly isThere: boolean;
};

export const shells: readonly Shell[] = (
  [
    ["sh", "sh"],
    ["dash", "dash"],
    ["busybox sh", "busybox", "sh"],
    ["bash as sh", "bash", "--posix"],
  ] as const
).map(([name, ...words]) => {
  const { error } = spawnSync(words[0], [...words.slice(1), "-c", ":"]);
  return { name, words, isThere: error === undefined };
});

/** A task with limits that no test reaches by accident. @param posts commands, with a time-out of 5 s */
export function aTask(
  posts: readonly (readonly string[])[],
  changes: Partial<GuardTask> = {},
): GuardTask {
  const hooks = posts.map((command) => aHook({ phase: "post", command, timeoutMs: 5000 }));
  const limits = { silenceSeconds: 60, maxFreezeSeconds: 60 };
  return { hooks, preCommands: [], seesAllPre: true, ...limits, ...changes };
}

export type GuardResult = { readonly exitCode: number | null; readonly lines: readonly string[] };

/** The guard's script as a process of this machine. */
export class ShellGuard {
  readonly pid: number;
  readonly ended: Promise<GuardResult>;
  readonly #child: ChildProcess;
  #output = "";

  readonly #env: NodeJS.ProcessEnv;
  #beside: ChildProcess | undefined;

  /** @param opening what comes through stdin, by default the guard whole */
  constructor(
    shell: Shell,
    task: GuardTask,
    env: NodeJS.ProcessEnv = process.env,
    opening = guardCommand(task).stdin,
  ) {
    const { command } = guardCommand(task);
    this.#env = env;
    const [program = "", ...words] = [...shell.words, ...command.slice(1)];
    const child = spawn(program, words, { env, stdio: ["pipe", "pipe", "ignore"] });
    this.#child = child;
    this.pid = child.pid ?? 0;
    child.stdin.on("error", () => {});
    child.stdin.write(opening);
    child.stdout.on("data", (chunk: Buffer) => void (this.#output += String(chunk)));
    this.ended = once(child, "exit").then(async ([exitCode]) => {
      if (!child.stdout.closed) await once(child.stdout, "close");
      return { exitCode, lines: this.#output.split("\n").filter((line) => line !== "") };
    });
  }

  /** Waits until it is on its post. */
  async ready(): Promise<this> {
    const { stdout } = this.#child;
    while (!this.#output.includes("ready\n")) {
      if (stdout) await Promise.race([once(stdout, "data"), this.ended]);
      if (this.#child.exitCode !== null) throw new Error(`ended early: ${this.#output}`);
    }
    return this;
  }

  say(word: string): void {
    this.#child.stdin?.write(`${word}\n`);
  }

  /** Says a word and waits for the end. */
  async end(word: string): Promise<GuardResult> {
    this.say(word);
    return this.ended;
  }

  /** Ends its stdin, as the death of the client does. */
  async lose(): Promise<GuardResult> {
    this.#child.stdin?.end();
    return this.ended;
  }

  /** Nobody reads what it says any more. */
  deafen(): void {
    this.#child.stdout?.destroy();
  }

  /** Runs a command with the same parent as the guard, as another exec in the container does. */
  async beside([program = "", ...words]: readonly string[]): Promise<void> {
    this.#beside = spawn(program, words, { env: this.#env, stdio: "ignore", detached: true });
    after(() => this.endBeside());
    await once(this.#beside, "exit");
  }

  /** Ends that and what it has started. */
  endBeside(): void {
    const isOver = this.#beside?.exitCode !== null || this.#beside.signalCode !== null;
    if (!isOver && this.#beside?.pid !== undefined) process.kill(-this.#beside.pid, "SIGKILL");
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

/** Living processes whose environment or command line has a text in it, as "PID COMMAND". */
export function processesOf(marker: string): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const isDead = /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      const text = command + readFileSync(`/proc/${pid}/environ`, "utf8");
      return !isDead && text.includes(marker) ? [`${pid} ${command.replaceAll("\0", " ")}`] : [];
    } catch {
      return [];
    }
  });
}

/** A guard whose hooks can write to $OUT, with the means to look for what it leaves behind. */
export function prepareGuard(shell: Shell) {
  const [marker, out] = [randomUUID(), join(temporaryDirectory(), "out")];
  const env = { ...process.env, GUARD_TEST: marker, OUT: out };
  return {
    post: (task: GuardTask) => new ShellGuard(shell, task, env).ready(),
    env,
    out,
    written: () => (existsSync(out) ? readFileSync(out, "utf8") : ""),
    left: async () => {
      // A sleep of a second may be on its way out.
      for (let tries = 0; tries < 60 && processesOf(marker).length > 0; tries += 1) await pause(25);
      return processesOf(marker);
    },
  };
}

/** A hook that appends a word to $OUT. */
export const say = (word: string): string[] => ["sh", "-c", `echo ${word} >>"$OUT"`];
