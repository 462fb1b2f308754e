import type { ExecOutcome, ExecRequest } from "../../src/cluster/cluster.ts";
import { endProcessScript } from "../../src/hooks/end-process-script.ts";

/** Whether an exec is not a hook but the end of one's process. */
export function endsProcess({ command }: ExecRequest): boolean {
  return command[2] === endProcessScript;
}

/** A command that says something on stdout and exits with 0. */
export const says =
  (text: string) =>
  ({ onStarted, onStdout }: ExecRequest): ExecOutcome => {
    onStarted?.();
    void onStdout?.(new TextEncoder().encode(`${text}\n`));
    return { kind: "exited", exitCode: 0 };
  };
