import type { ExecOutcome } from "../cluster.ts";

/** A Status is a few hundred bytes; one that carries a runtime's whole error text stays far below. */
const maxStatusBytes = 256 * 1024;
const maxMessageLength = 1000;

/** Collects what comes on the error channel: as a rule one frame, but a long Status may be cut into several. */
export class StatusFrames {
  readonly #pieces: Uint8Array[] = [];
  #bytes = 0;

  add(piece: Uint8Array): void {
    if (this.#bytes >= maxStatusBytes) return;
    this.#pieces.push(piece.slice(0, maxStatusBytes - this.#bytes));
    this.#bytes += piece.length;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  text(): string {
    return new TextDecoder().decode(Buffer.concat(this.#pieces));
  }
}

/**
 * What the Status at the end of a session says. Only "Success" and a whole positive number as ExitCode cause are taken
 * for an exit code; a Status that is neither that nor a proper error makes the outcome unknown, with its text.
 */
export function parseExecStatus(text: string): ExecOutcome {
  const status = parseRecord(text);
  if (status?.["status"] === "Success") return { kind: "exited", exitCode: 0 };
  if (status?.["status"] !== "Failure") return unreadable(text);
  if (status["reason"] === "NonZeroExitCode") {
    const exitCode = exitCodeOf(status["details"]);
    return exitCode === undefined ? unreadable(text) : { kind: "exited", exitCode };
  }
  const { message, reason } = status;
  const said = typeof message === "string" && message !== "" ? message : reason;
  return typeof said === "string" && said !== ""
    ? { kind: "failed", message: printableLine(said) }
    : unreadable(text);
}

/** One line without control characters, cut to a readable length. */
export function printableLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim();
  return line.length > maxMessageLength ? `${line.slice(0, maxMessageLength)}…` : line;
}

function unreadable(text: string): ExecOutcome {
  return {
    kind: "unknown",
    message: `the server's word on how the command ended is not understandable: ${printableLine(text)}`,
  };
}

function exitCodeOf(details: unknown): number | undefined {
  const causes = isRecord(details) ? details["causes"] : undefined;
  if (!Array.isArray(causes)) return undefined;
  const cause: unknown = causes.find((entry) => isRecord(entry) && entry["reason"] === "ExitCode");
  const message = isRecord(cause) ? cause["message"] : undefined;
  return typeof message === "string" && /^[1-9]\d{0,9}$/.test(message)
    ? Number(message)
    : undefined;
}

function parseRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
