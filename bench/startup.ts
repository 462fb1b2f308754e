import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Program, type Timing, timeInTurn } from "./support/time-in-turn.ts";

/**
 * startup NAMESPACE RUNS [EXECUTABLE]: how long commands take from start to end, beside an empty Node script and beside
 * `kubectl get pods`, in turn. NAMESPACE should have one pod with a hook. "no cache" is what a first run takes, without
 * writing what it compiled.
 */
const [namespace = "default", runs = "30", executable = "dist/kubectl-ark"] = process.argv.slice(2);
const isScript = await startsWith(executable, "#!");
const directory = await mkdtemp(join(tmpdir(), "ark-bench-"));
const emptyScript = join(directory, "empty.cjs");
const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;
const cached = { ...environment, XDG_CACHE_HOME: directory };
const uncached = { ...environment, NODE_DISABLE_COMPILE_CACHE: "1" };

try {
  await writeFile(emptyScript, "");
  print(
    timeInTurn(
      [
        { name: "empty script", argv: [process.execPath, emptyScript], env: environment },
        ark("kubectl-ark", [], cached),
        ark("--help", ["--help"], cached),
        ark("--help, no cache", ["--help"], uncached),
      ],
      Number(runs),
    ),
  );
  const words = ["hooks", "get", "-n", namespace];
  print(
    timeInTurn(
      [
        {
          name: "kubectl get pods",
          argv: ["kubectl", "get", "pods", "-n", namespace],
          env: environment,
        },
        ark("hooks get", words, cached),
        ark("hooks get, no cache", words, uncached),
      ],
      Number(runs),
    ),
  );
} finally {
  await rm(directory, { recursive: true, force: true });
}

function ark(name: string, words: readonly string[], env: NodeJS.ProcessEnv): Program {
  const argv: Program["argv"] = isScript
    ? [process.execPath, executable, ...words]
    : [executable, ...words];
  return { name, argv, env };
}

async function startsWith(path: string, text: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(text.length), 0, text.length, 0);
  return buffer.toString("latin1") === text;
}

function print(timings: readonly Timing[]): void {
  for (const { name, wallMs, cpuMs, wallRatio, cpuRatio } of timings) {
    const wall = `${wallMs.toFixed(0)} ms (${wallRatio.toFixed(2)})`;
    const cpu = `${cpuMs.toFixed(0)} ms (${cpuRatio.toFixed(2)})`;
    console.log(`${name.padEnd(20)} wall ${wall.padEnd(14)} CPU ${cpu}`);
  }
}
