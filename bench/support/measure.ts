import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export type Measurement = {
  readonly wallMs: number;
  /** The process's high-water mark (VmHWM), looked at every 5 ms. */
  readonly peakKib: number;
  readonly stdout: string;
};

/** Runs a program and waits for it. @throws Error when it does not exit with 0 */
export function measure(program: string, words: readonly string[]): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
    let peakKib = 0;
    let stdout = "";
    let stderr = "";
    const timer = setInterval(() => (peakKib = Math.max(peakKib, readPeak(child.pid))), 5);
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(timer);
      const wallMs = performance.now() - started;
      if (code === 0) resolve({ wallMs, peakKib, stdout });
      else reject(new Error(`${program} ${words.join(" ")} exited with ${code}: ${stderr}`));
    });
  });
}

function readPeak(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
