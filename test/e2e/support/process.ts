import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

/** How a process ended and all it wrote; `exitCode` is null when a signal or the time limit ended it. */
export type Ran = {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Running = {
  readonly ended: Promise<Ran>;
  signal(name: NodeJS.Signals): void;
  /** Waits for a line on stderr. @throws when the process ends without one */
  seen(pattern: RegExp): Promise<void>;
};

export type ProcessOptions = {
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly input?: string | undefined;
  readonly cwd?: string | undefined;
};

/** No test waits longer than this for one process. */
const limitMs = 120_000;

export function startProcess(
  program: string,
  words: readonly string[],
  { env = process.env, input = "", cwd }: ProcessOptions = {},
): Running {
  const child = spawn(program, words, { env, cwd, timeout: limitMs, killSignal: "SIGKILL" });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => void (texts[name] += text));
  }
  // A program that reads no input may be gone before it is written.
  child.stdin.on("error", () => {}).end(input);
  const { promise: ended, resolve, reject } = Promise.withResolvers<Ran>();
  child.on("error", reject).on("close", (exitCode) => resolve({ exitCode, ...texts }));
  return {
    ended,
    signal: (name) => void child.kill(name),
    async seen(pattern) {
      const isOver = ended.then(() => true);
      while (!pattern.test(texts.stderr)) {
        const over = await Promise.race([isOver, pause(20)]);
        if (over && !pattern.test(texts.stderr)) {
          throw new Error(`ended without ${pattern.source} on stderr:\n${texts.stderr}`);
        }
      }
    },
  };
}

export function runProcess(
  program: string,
  words: readonly string[],
  options: ProcessOptions = {},
): Promise<Ran> {
  return startProcess(program, words, options).ended;
}

/** Waits for something that must come before a process ends. @throws with its stderr when it ends first */
export async function beforeTheEnd<T>({ ended }: Running, wanted: Promise<T>): Promise<T> {
  const tooEarly = ended.then(({ exitCode, stderr }): never => {
    throw new Error(`it ended too early, with ${exitCode}: ${stderr}`);
  });
  return Promise.race([tooEarly, wanted]);
}

/** Asks again until there is an answer. @throws after a minute, naming what was waited for */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false && answer !== "") return answer;
    if (performance.now() > deadline) throw new Error(`waited a minute in vain: ${what}`);
    await pause(200);
  }
}
