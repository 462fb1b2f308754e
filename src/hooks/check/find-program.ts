import type { Cluster, ExecOutcome } from "../../cluster/cluster.ts";
import { captureOutput } from "../../lib/bounded-output.ts";
import type { Clock } from "../../lib/clock.ts";
import { shorten } from "../../lib/shorten.ts";
import { execWithTimeout } from "../exec-with-timeout.ts";

export type ProgramSearch =
  | { readonly kind: "found" }
  | { readonly kind: "missing"; readonly message: string }
  | { readonly kind: "unchecked"; readonly message: string };

export type ProgramPlace = {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly program: string;
};

const TIMEOUT_MS = 10_000;
const EXIT = { missing: 43, notExecutable: 44 } as const;

// As the container runtime looks: a shell's own `command -v` also knows builtins and functions, which no runtime runs.
const SCRIPT = `case $1 in
*/*) [ -e "$1" ] || exit ${EXIT.missing}; [ -f "$1" ] && [ -x "$1" ] || exit ${EXIT.notExecutable}; exit 0 ;;
esac
code=${EXIT.missing}
set -f
IFS=:
for directory in $PATH; do
  [ -f "$directory/$1" ] || continue
  [ -x "$directory/$1" ] && exit 0
  code=${EXIT.notExecutable}
done
exit $code`;

/**
 * Looks whether a container has a program, by a shell of the container that runs nothing but tests on files. Never throws.
 * Within 10 s: a container that does not answer is "unchecked".
 */
export async function findProgram(
  { namespace, pod, container, program }: ProgramPlace,
  ports: { readonly cluster: Pick<Cluster, "exec">; readonly clock: Clock },
  signal: AbortSignal,
): Promise<ProgramSearch> {
  const stderr = captureOutput(1000);
  const request = {
    namespace,
    pod,
    container,
    command: ["sh", "-c", SCRIPT, "sh", program],
    onStdout: () => {},
    onStderr: (chunk: Uint8Array) => stderr.write(chunk),
  };
  const end = await execWithTimeout(request, { ...ports, timeoutMs: TIMEOUT_MS }, signal);
  if (end.kind === "timed out") return unchecked("no answer within 10s");
  return read(end, program);
}

function read(outcome: ExecOutcome, program: string): ProgramSearch {
  switch (outcome.kind) {
    case "exited":
      return readExitCode(outcome.exitCode, program);
    case "rejected":
      return unchecked(outcome.error.message);
    case "aborted":
      return unchecked("interrupted");
    case "failed":
    case "unknown":
      break;
  }
  const isShellMissing = /not found|no such file/i.test(outcome.message);
  if (!isShellMissing) return unchecked(outcome.message);
  // What was looked with is what was looked for.
  return program === "sh" ? missing(program, "does not exist") : unchecked("it has no shell (sh)");
}

function readExitCode(exitCode: number, program: string): ProgramSearch {
  switch (exitCode) {
    case 0:
      return { kind: "found" };
    case EXIT.missing:
      return missing(program, program.includes("/") ? "does not exist" : "is not in its PATH");
    case EXIT.notExecutable:
      return missing(program, "is not executable");
    default:
      return unchecked(`its shell ended with exit code ${exitCode}`);
  }
}

function missing(program: string, what: string): ProgramSearch {
  return { kind: "missing", message: `program ${JSON.stringify(shorten(program))} ${what}` };
}

function unchecked(message: string): ProgramSearch {
  return { kind: "unchecked", message };
}
