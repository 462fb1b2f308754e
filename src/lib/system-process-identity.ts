import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { errorCodeOf } from "./error-code.ts";

/** What tells a process from all others, later ones with the same number included. */
export type ProcessIdentity = {
  readonly host: string;
  readonly pid: number;
  /** Of Linux: in another one the same number is another process. */
  readonly pidNamespace?: string | undefined;
  /** Of Linux: boot and clock tick in which it was started. */
  readonly start?: string | undefined;
};

/** unknown: it runs, or ran, where it cannot be seen from here. */
export type ProcessState = "alive" | "gone" | "unknown";

/** Reads a file of /proc; undefined where there is none. Tests put their own in its place. */
export type ProcReader = (path: string) => string | undefined;

export function identityOfThisProcess(): ProcessIdentity {
  return {
    host: hostname(),
    pid: process.pid,
    pidNamespace: pidNamespace(),
    start: startOf(process.pid, readProc),
  };
}

/**
 * Whether the process is still there. Its number alone is no proof: numbers are used again, so on Linux the time of its
 * start must be the same, too. A killed process that nobody has waited for yet (a zombie) is gone.
 */
export function stateOfProcess(
  owner: ProcessIdentity,
  here: ProcessIdentity = identityOfThisProcess(),
  read: ProcReader = readProc,
): ProcessState {
  if (owner.host !== here.host || owner.pidNamespace !== here.pidNamespace) return "unknown";
  if (!isThere(owner.pid)) return "gone";
  if (owner.start === undefined) return "alive";
  return startOf(owner.pid, read) === owner.start ? "alive" : "gone";
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and someone else's.
    return errorCodeOf(error) === "EPERM";
  }
}

/** "BOOT-ID/TICKS"; undefined for a process that is gone or a zombie, and where there is no /proc. */
function startOf(pid: number, read: ProcReader): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The program's name stands in brackets before these fields, and may have brackets and spaces itself.
  const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = fields[18];
  if (state === "Z" || state === "X" || ticks === undefined) return undefined;
  return `${read("/proc/sys/kernel/random/boot_id")?.trim() ?? ""}/${ticks}`;
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function pidNamespace(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return undefined;
  }
}
