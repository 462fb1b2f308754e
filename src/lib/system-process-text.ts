import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  identityOfThisProcess,
  type ProcessIdentity,
  type ProcessState,
  stateOfProcess,
} from "./system-process-identity.ts";

type Fields = Partial<Record<string, unknown>>;

/** A process as text that leaves its machine: with what tells apart two machines that bear the same name. */
export type TravellingIdentity = ProcessIdentity & {
  /** A hash: machine-id(5) asks that the id itself be kept to the machine. */
  readonly machine?: string | undefined;
};

/** This process as JSON on one line, for others to ask `stateOfProcessText` about. */
export function textOfThisProcess(): string {
  return JSON.stringify(travellingIdentity());
}

/**
 * As `stateOfProcess`, but gone only where the process has surely run on this machine: host names such as "localhost"
 * and the numbers of PID namespaces are found on many. Where neither boot nor machine can be told (no Linux), a process
 * that is not there is unknown.
 * @param text anybody may have written it; what cannot be read is unknown
 */
export function stateOfProcessText(
  text: string,
  here: TravellingIdentity = travellingIdentity(),
): ProcessState {
  const owner = parse(text);
  if (owner === undefined) return "unknown";
  const state = stateOfProcess(owner, here);
  return state === "gone" && !isSameMachine(owner, here) ? "unknown" : state;
}

function travellingIdentity(): TravellingIdentity {
  return { ...identityOfThisProcess(), machine: machine() };
}

function machine(): string | undefined {
  try {
    const id = readFileSync("/etc/machine-id", "utf8").trim();
    if (!/^[0-9a-f]{32}$/.test(id)) return undefined;
    return createHash("sha256").update(`kubectl-ark ${id}`).digest("hex").slice(0, 32);
  } catch {
    return undefined;
  }
}

function isSameMachine(a: TravellingIdentity, b: TravellingIdentity): boolean {
  const [bootA, bootB] = [bootOf(a), bootOf(b)];
  return (bootA !== "" && bootA === bootB) || (a.machine !== undefined && a.machine === b.machine);
}

/** "" where it cannot be told. */
const bootOf = ({ start = "" }: ProcessIdentity): string => /^([^/]+)\//.exec(start)?.[1] ?? "";

function parse(text: string): TravellingIdentity | undefined {
  try {
    const fields: Fields | null = JSON.parse(text);
    const { host, pid } = fields ?? {};
    if (typeof host !== "string" || !isProcessNumber(pid)) return undefined;
    const optional = (name: string): string | undefined => {
      const value = fields?.[name];
      if (value === undefined || typeof value === "string") return value;
      throw new TypeError(name);
    };
    const [pidNamespace, start] = [optional("pidNamespace"), optional("start")];
    return { host, pid, pidNamespace, start, machine: optional("machine") };
  } catch {
    return undefined;
  }
}

/** 0 and negative numbers name groups of processes. */
function isProcessNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value < 2 ** 31;
}
