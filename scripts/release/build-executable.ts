import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "./run-command.ts";
import { signMachO } from "./sign-mach-o.ts";
import { stripElf } from "./strip-elf.ts";
import type { ExecutableFormat, Target } from "./targets.ts";
import { unsignPe } from "./unsign-pe.ts";

export type ExecutableRequest = {
  readonly target: Target;
  /** Node for that platform. */
  readonly node: Buffer;
  readonly bundle: Buffer;
  /** Whether the program is compiled beforehand: V8 accepts that on the building machine's platform only. */
  readonly hasCodeCache: boolean;
  /** An empty or missing directory to work in; it is removed. */
  readonly workDirectory: string;
};

/** What is done to Node before the program is put into it, and after. */
const preparations: Readonly<Record<ExecutableFormat, (node: Buffer) => Buffer>> = {
  elf: stripElf,
  // Its symbols stay: they are bound up with what the loader reads, and nobody can try the outcome on Linux.
  "mach-o": (node) => node,
  pe: unsignPe,
};

/**
 * Node with the program inside, by Node's own `--build-sea`; signed where the platform demands it.
 * The same input gives the same bytes: names are relative, and V8's seed, which orders the code cache, is fixed.
 */
export async function buildExecutable(request: ExecutableRequest): Promise<Buffer> {
  const { target, workDirectory } = request;
  await mkdir(workDirectory, { recursive: true });
  const place = (name: string): string => join(workDirectory, name);
  try {
    await writeFile(place("node"), preparations[target.format](request.node), { mode: 0o755 });
    await writeFile(place("kubectl-ark.cjs"), request.bundle);
    await writeFile(place("sea.json"), JSON.stringify(configuration(request)));
    const words = ["--random-seed=1", "--build-sea", "sea.json"];
    await runCommand(process.execPath, words, { directory: workDirectory });
    const built = await readFile(place("kubectl-ark"));
    return target.format === "mach-o" ? signMachO(built, "kubectl-ark") : built;
  } finally {
    await rm(workDirectory, { recursive: true, force: true });
  }
}

function configuration({ hasCodeCache }: ExecutableRequest): object {
  return {
    main: "kubectl-ark.cjs",
    output: "kubectl-ark",
    executable: "node",
    disableExperimentalSEAWarning: true,
    useCodeCache: hasCodeCache,
    // As any kubectl plugin: what NODE_OPTIONS says is meant for programs that are written for Node.
    execArgvExtension: "none",
  };
}
