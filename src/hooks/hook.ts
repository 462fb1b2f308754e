import type { CapturedOutput } from "../lib/bounded-output.ts";

/** The words of Ark's exec hooks. */

export type HookPhase = "pre" | "post";
export type OnError = "Fail" | "Continue";
export type HookSource = "annotation" | "spec";

/** A hook with every default settled, ready to run in one pod. */
export type ExecHook = {
  /** As in the spec; "<from-annotation>" for an annotation hook (as Ark 0.8.1). */
  readonly name: string;
  readonly source: HookSource;
  readonly phase: HookPhase;
  /** "" means the pod's first container. */
  readonly container: string;
  /** argv. Empty is a hook in error, not an absent hook. */
  readonly command: readonly string[];
  readonly onError: OnError;
  readonly timeoutMs: number;
  /** Remarks on values that were replaced by a default, for the report. */
  readonly warnings: readonly string[];
};

/** What runs in one pod. */
export type PodHooks = {
  readonly pre: readonly ExecHook[];
  readonly post: readonly ExecHook[];
  /** Lower runs first; post hooks in reverse. 0 unless set by annotation or spec. */
  readonly order: number;
  readonly warnings: readonly string[];
};

export type HookStatus = "succeeded" | "failed" | "skipped";

/** Why a hook is in error or was skipped. */
export type HookReason =
  | "ExitCode"
  | "Timeout"
  | "OutcomeUnknown"
  | "Rejected"
  | "ExecFailed"
  | "NoSuchContainer"
  | "EmptyCommand"
  | "ContainerNotRunning"
  | "PodCompleted"
  | "EarlierHookFailed"
  | "Interrupted";

/**
 * What became of the process of a hook that was not waited for: ended by TERM, killed, no longer there, or none of
 * these for sure.
 */
export type RemoteProcess = "ended" | "killed" | "gone" | "may still run";

/** What became of one hook in one pod. */
export type HookOutcome = {
  readonly namespace: string;
  readonly pod: string;
  /** The container that was really used, "" when none could be chosen. */
  readonly container: string;
  readonly hook: ExecHook;
  readonly status: HookStatus;
  readonly reason?: HookReason;
  /** For people: "command terminated with exit code 1" (as Ark 0.8.1). */
  readonly message?: string;
  readonly exitCode?: number;
  /** Whether the command may have run in the container: an error before that changed nothing there. */
  readonly started: boolean;
  /** Set when the hook was broken off while its command may have run; `message` says more. */
  readonly remoteProcess?: RemoteProcess;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
};
