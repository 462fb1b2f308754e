import type { ExecRequest } from "../cluster/cluster.ts";
import { captureOutput } from "../lib/bounded-output.ts";
import { endProcessScript } from "./end-process-script.ts";
import { type ExecEnd, execWithTimeout, type TimedExec } from "./exec-with-timeout.ts";
import type { RemoteProcess } from "./hook.ts";

/** How the process of a hook that was broken off came to its end. */
export type RemoteEnd = {
  readonly remoteProcess: RemoteProcess;
  /** Ends a sentence about the hook: "the process was ended (TERM)". */
  readonly remark: string;
};

/** A hook that was broken off. */
export type BrokenOff = {
  readonly request: Pick<ExecRequest, "namespace" | "pod" | "container" | "command">;
  /** Since it was asked for. */
  readonly elapsedMs: number;
  /** Whether the server had accepted the session; if not, the command may still be on its way. */
  readonly opened: boolean;
};

/** For all of it: looking, TERM, 2 s of grace, KILL. */
const END_TIMEOUT_MS = 5000;
/** How far off the script's idea of the hook's start may be. */
const TOLERANCE_MS = 2000;
/** The script knows its own kind by this name. */
const SCRIPT_NAME = "kubectl-ark-end-process";
const OUTPUT_LIMIT_BYTES = 4096;

/**
 * Ends the process of a hook and all its descendants: TERM, and KILL after 2 s, by a shell script in the same container.
 * Takes 5 s at the most and never throws. Nobody can break it off: a hook that goes on could undo what its post hook does.
 */
export async function endRemoteProcess(
  { request, elapsedMs, opened }: BrokenOff,
  context: Pick<TimedExec, "cluster" | "clock">,
): Promise<RemoteEnd> {
  const [stdout, stderr] = [captureOutput(OUTPUT_LIMIT_BYTES), captureOutput(OUTPUT_LIMIT_BYTES)];
  const hundredths = String(Math.ceil(elapsedMs / 10));
  const fromMs = context.clock.monotonicMs();
  const end = await execWithTimeout(
    {
      ...request,
      command: ["sh", "-c", endProcessScript, SCRIPT_NAME, hundredths, ...request.command],
      onStdout: (chunk) => stdout.write(chunk),
      onStderr: (chunk) => stderr.write(chunk),
    },
    { ...context, timeoutMs: END_TIMEOUT_MS },
    new AbortController().signal,
  );
  if (end.kind !== "exited" || end.exitCode !== 0) return notEnded(end, stderr.result().text);
  // An answer that was long on its way tells of another time than the hook's.
  const isSure = opened && context.clock.monotonicMs() - fromMs < TOLERANCE_MS;
  return answered(stdout.result().text, isSure);
}

function answered(text: string, isSure: boolean): RemoteEnd {
  const [word = ""] = text.split(/\s/, 1);
  switch (word) {
    case "ended":
      return { remoteProcess: "ended", remark: "the process was ended (TERM)" };
    case "killed":
      return { remoteProcess: "killed", remark: "the process did not heed TERM and was killed" };
    case "none":
      return isSure
        ? { remoteProcess: "gone", remark: "the process is gone" }
        : mayStillRun("it was not found");
    case "unclear":
      return mayStillRun("it could not be told from others");
    case "denied":
      return mayStillRun("no permission to end it");
    case "left":
      return mayStillRun("even KILL has not ended it yet");
    default:
      return couldNotBeEnded("the shell in the container gave no answer");
  }
}

function notEnded(end: ExecEnd, stderr: string): RemoteEnd {
  switch (end.kind) {
    case "exited":
      return isNoShell(end.exitCode)
        ? couldNotBeEnded("no shell in the container")
        : couldNotBeEnded(`sh ended with exit code ${end.exitCode}: ${firstLine(stderr)}`);
    case "failed":
      return couldNotBeEnded(
        isNotFound(end.message) ? "no shell in the container" : firstLine(end.message),
      );
    case "rejected":
      return end.error.code === "NotFound"
        ? { remoteProcess: "gone", remark: "the pod is gone" }
        : couldNotBeEnded(end.error.message);
    case "unknown":
      return couldNotBeEnded(end.message);
    case "aborted":
    case "timed out":
      break;
  }
  return couldNotBeEnded(`no answer within ${END_TIMEOUT_MS / 1000}s`);
}

/** As some runtimes report a program that is not there or cannot be run. */
const isNoShell = (exitCode: number): boolean => exitCode === 126 || exitCode === 127;

const isNotFound = (message: string): boolean =>
  /executable file not found|no such file or directory/i.test(message);

const firstLine = (text: string): string => text.trim().split("\n", 1)[0] ?? "";

const couldNotBeEnded = (why: string): RemoteEnd => ({
  remoteProcess: "may still run",
  remark: `the process could not be ended: ${why}`,
});

const mayStillRun = (why: string): RemoteEnd => ({
  remoteProcess: "may still run",
  remark: `the process may still run: ${why}`,
});
