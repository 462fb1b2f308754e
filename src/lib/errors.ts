/** Every way in which kubectl-ark says "cannot go on". Callers switch on the code, never on the text. */
export type ErrorCode =
  | "Usage"
  | "InvalidDocument"
  | "KubeconfigInvalid"
  | "ClusterUnreachable"
  | "Unauthorized"
  | "Forbidden"
  | "NotFound"
  | "AlreadyExists"
  | "Conflict"
  | "RequestRejected"
  | "ServerError"
  | "Timeout"
  | "StoreUnavailable"
  | "JournalUnavailable"
  | "BackupNotFound"
  | "BackupExists"
  | "ArchiveCorrupt"
  | "Cancelled"
  | "Internal";

export type ArkErrorOptions = {
  /** What the reader can do next, as one imperative sentence. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
};

/** The one exception of kubectl-ark. Adapters translate foreign errors into it at once. */
export class ArkError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: ArkErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ArkError";
    this.code = code;
    this.hint = options.hint;
  }
}

/** Whether `error` is an ArkError with one of the given codes. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is ArkError {
  return error instanceof ArkError && codes.includes(error.code);
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Throws when `signal` is aborted.
 * @throws ArkError Cancelled, unless the signal's reason already is an ArkError (a time-out, say).
 */
export function throwIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  const reason: unknown = signal.reason;
  throw reason instanceof ArkError
    ? reason
    : new ArkError("Cancelled", "interrupted", { cause: reason });
}
