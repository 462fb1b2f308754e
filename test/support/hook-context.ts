import type { ExecOutcome, ExecRequest } from "../../src/cluster/cluster.ts";
import type { HookOutcome } from "../../src/hooks/hook.ts";
import type { HookContext } from "../../src/hooks/run-hook.ts";
import type { LogFields, LogLevel } from "../../src/lib/log.ts";
import { FakeClock } from "./fake-clock.ts";
import { endsProcess, says } from "./process-endings.ts";

type Exec = (request: ExecRequest, signal: AbortSignal) => Promise<ExecOutcome> | ExecOutcome;
export type LogLine = {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
};

/**
 * What hooks need to run, over a function that stands for the cluster's exec; it keeps what was asked and told.
 * @param ending stands for the exec that ends a hook's process
 */
export function hookContext(
  exec: Exec,
  ending: Exec = says("ended 7"),
): HookContext & {
  readonly clock: FakeClock;
  readonly requests: ExecRequest[];
  readonly endings: ExecRequest[];
  readonly lines: LogLine[];
  readonly told: HookOutcome[];
} {
  const [requests, lines, told]: [ExecRequest[], LogLine[], HookOutcome[]] = [[], [], []];
  const endings: ExecRequest[] = [];
  return {
    clock: new FakeClock(),
    cluster: {
      exec: async (request, signal) => {
        const isEnding = endsProcess(request);
        (isEnding ? endings : requests).push(request);
        return isEnding ? ending(request, signal) : exec(request, signal);
      },
    },
    log: { write: (level, message, fields = {}) => void lines.push({ level, message, fields }) },
    onOutcome: (outcome) => void told.push(outcome),
    requests,
    endings,
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
