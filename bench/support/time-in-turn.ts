import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { median } from "./measure.ts";

export type Program = {
  readonly name: string;
  readonly argv: readonly [program: string, ...words: string[]];
  readonly env: NodeJS.ProcessEnv;
};

export type Timing = {
  readonly name: string;
  /** Median. */
  readonly wallMs: number;
  /** Mean of user and system time of the whole process. */
  readonly cpuMs: number;
  /** To the first program: median of the ratios in each round, and ratio of the means. */
  readonly wallRatio: number;
  readonly cpuRatio: number;
};

type Run = { readonly wallMs: number; readonly cpuMs: number };

/**
 * Runs the programs one after another, in as many rounds, after one that warms caches up. Linux only.
 * @throws Error when one does not exit with 0
 */
export function timeInTurn(programs: readonly Program[], rounds: number): Timing[] {
  const runs = programs.map((): Run[] => []);
  for (let round = 0; round <= rounds; round++) {
    programs.forEach((program, index) => {
      const run = time(program);
      if (round > 0) runs[index]?.push(run);
    });
  }
  const [yardstick = []] = runs;
  return programs.map(({ name }, index) => {
    const own = runs[index] ?? [];
    const cpuMs = meanCpu(own);
    return {
      name,
      wallMs: median(own.map(({ wallMs }) => wallMs)),
      cpuMs,
      wallRatio: median(own.map(({ wallMs }, round) => wallMs / (yardstick[round]?.wallMs ?? 0))),
      cpuRatio: cpuMs / meanCpu(yardstick),
    };
  });
}

function time({ name, argv: [program, ...words], env }: Program): Run {
  const cpuBefore = childrenCpuMs();
  const started = performance.now();
  const { status, stderr } = spawnSync(program, words, { env, encoding: "utf8" });
  const wallMs = performance.now() - started;
  if (status !== 0) throw new Error(`${name} exited with ${status}: ${stderr}`);
  return { wallMs, cpuMs: childrenCpuMs() - cpuBefore };
}

function meanCpu(runs: readonly Run[]): number {
  return runs.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / runs.length;
}

/** Of all children that have ended, in steps of 10 ms: only sums of many runs tell something. */
function childrenCpuMs(): number {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[13]) + Number(fields[14])) * 10;
}
