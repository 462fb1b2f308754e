import { homedir } from "node:os";
import { interruptible } from "./cli/interrupt.ts";
import { runProgram } from "./cli/program.ts";

/** The process's edge: the command line in, signals in, the exit code out. */
async function main(): Promise<void> {
  const interruption = interruptible(process, process.stderr);
  // A reader that went away (`| head`) must not end us in the middle of a freeze.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const exitCode = await runProgram(process.argv.slice(2), {
    env: process.env,
    home: homedir(),
    cwd: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interruption.signal,
  });
  interruption.release();
  // What was written to a pipe is still on its way: wait for it, then end whatever a socket or timer says.
  process.stdout.write("", () => process.stderr.write("", () => process.exit(exitCode)));
}

void main();
