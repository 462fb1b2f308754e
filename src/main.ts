import { homedir } from "node:os";
import { interruptible } from "./cli/interrupt.ts";
import { runProgram } from "./cli/program.ts";

/** The process's edge: the command line in, signals in, the exit code out. */
async function main(): Promise<void> {
  const interruption = interruptible(process, process.stderr);
  let lostOutput: string | undefined;
  // A reader that went away (`| head`) is no failure, a full disk is one; neither may end us in the middle of a freeze.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") lostOutput = error.message;
    });
  }
  const exitCode = await runProgram(process.argv.slice(2), {
    env: process.env,
    home: homedir(),
    cwd: process.cwd(),
    // Few commands read it, and opening it takes longer than parsing the words.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interruption.signal,
    hurry: interruption.hurry,
  });
  interruption.release();
  await flush(process.stdout);
  if (lostOutput !== undefined) process.stderr.write(`error: output was lost: ${lostOutput}\n`);
  await flush(process.stderr);
  // Now, whatever a socket or timer says.
  process.exit(lostOutput === undefined || exitCode !== 0 ? exitCode : 1);
}

/** What was written to a pipe is still on its way; an error of it is told one turn later. */
function flush(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => setImmediate(resolve));
  });
}

void main();
