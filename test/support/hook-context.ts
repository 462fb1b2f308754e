import type { ExecOutcome, ExecRequest } from "../../src/cluster/cluster.ts";
import type { HookOutcome } from "../../src/hooks/hook.ts";
import type { HookContext } from "../../src/hooks/run-hook.ts";
import type { LogFields, LogLevel } from "../../src/lib/log.ts";
import { FakeClock } from "./fake-clock.ts";

type Exec = (request: ExecRequest, signal: AbortSignal) => Promise<ExecOutcome> | ExecOutcome;
export type LogLine = {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
};

/** What hooks need to run, over a function that stands for the cluster's exec; it keeps what was asked and told. */
export function hookContext(exec: Exec): HookContext & {
  readonly clock: FakeClock;
  readonly requests: ExecRequest[];
  readonly lines: LogLine[];
  readonly told: HookOutcome[];
} {
  const [requests, lines, told]: [ExecRequest[], LogLine[], HookOutcome[]] = [[], [], []];
  return {
    clock: new FakeClock(),
    cluster: {
      exec: async (request, signal) => {
        requests.push(request);
        return exec(request, signal);
      },
    },
    log: { write: (level, message, fields = {}) => void lines.push({ level, message, fields }) },
    onOutcome: (outcome) => void told.push(outcome),
    requests,
    lines,
    told,
  };
}

export const exits =
  (exitCode: number, ...stdout: readonly string[]): Exec =>
  ({ onStarted, onStdout }) => {
    onStarted?.();
    for (const text of stdout) void onStdout?.(new TextEncoder().encode(text));
    return { kind: "exited", exitCode };
  };

/** Starts and then says nothing more; ends only when it is aborted, as the port has it. */
export const hangs: Exec = (request, signal) => {
  const { promise, resolve } = Promise.withResolvers<ExecOutcome>();
  request.onStarted?.();
  void request.onStdout?.(new TextEncoder().encode("so far"));
  signal.addEventListener("abort", () => resolve({ kind: "aborted", started: true }));
  return promise;
};
