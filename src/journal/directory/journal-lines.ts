import type { ProcessIdentity } from "../../lib/system-process-identity.ts";
import type { Freeze, JournalRunFacts, ThawCommand } from "../freeze-journal.ts";

/** The lines of a run's file: one JSON object each. The first is the header. */

export const FORMAT_VERSION = 1;

export type JournalHeader = {
  readonly type: "run";
  readonly version: typeof FORMAT_VERSION;
  readonly owner: ProcessIdentity;
  readonly run: JournalRunFacts;
};

export type JournalLine =
  | JournalHeader
  | { readonly type: "freezing"; readonly id: string; readonly freeze: Freeze }
  | { readonly type: "thawed"; readonly id: string; readonly at: Date }
  | { readonly type: "closed"; readonly id: string; readonly at: Date; readonly note: string };

/**
 * A line, with its line feed. Behind what may be the rest of a line that was cut off, an empty line shows that the rest
 * is the end of what its writer wrote.
 */
export function formatLine(line: JournalLine, options: { readonly afterRest: boolean }): string {
  return `${options.afterRest ? "\n\n" : ""}${JSON.stringify(line)}\n`;
}

/** @returns "too new" for a header of another version, undefined for what is no line of a journal */
export function parseLine(json: string): JournalLine | "too new" | undefined {
  try {
    return toLine(JSON.parse(json));
  } catch {
    return undefined;
  }
}

/** A field is missing or of another kind: then the whole line counts for nothing. */
class Malformed extends Error {}

function toLine(value: unknown): JournalLine | "too new" {
  const line = record(value);
  const type = text(line["type"]);
  if (type === "run") return toHeader(line);
  const id = text(line["id"]);
  if (type === "freezing") return { type, id, freeze: toFreeze(record(line["freeze"])) };
  const at = date(line["at"]);
  if (type === "thawed") return { type, id, at };
  if (type === "closed") return { type, id, at, note: text(line["note"]) };
  throw new Malformed();
}

function toHeader(line: Fields): JournalHeader | "too new" {
  if (whole(line["version"]) !== FORMAT_VERSION) return "too new";
  const [owner, run] = [record(line["owner"]), record(line["run"])];
  return {
    type: "run",
    version: FORMAT_VERSION,
    owner: {
      host: text(owner["host"]),
      pid: whole(owner["pid"]),
      pidNamespace: optionalText(owner["pidNamespace"]),
      start: optionalText(owner["start"]),
    },
    run: {
      backup: text(run["backup"]),
      startedAt: date(run["startedAt"]),
      context: text(run["context"]),
      cluster: text(run["cluster"]),
      server: text(run["server"]),
      user: text(run["user"]),
    },
  };
}

function toFreeze(freeze: Fields): Freeze {
  return {
    namespace: text(freeze["namespace"]),
    pod: text(freeze["pod"]),
    podUid: text(freeze["podUid"]),
    frozenAt: date(freeze["frozenAt"]),
    postHooks: list(freeze["postHooks"]).map(toCommand),
  };
}

function toCommand(value: unknown): ThawCommand {
  const hook = record(value);
  const source = text(hook["source"]);
  const timeoutMs = hook["timeoutMs"];
  if (source !== "annotation" && source !== "spec") throw new Malformed();
  // Not always whole: 1500us is a time-out too.
  if (typeof timeoutMs !== "number" || !(timeoutMs > 0)) throw new Malformed();
  return {
    name: text(hook["name"]),
    source,
    container: text(hook["container"]),
    command: list(hook["command"]).map(text),
    timeoutMs,
  };
}

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Malformed();
  return { ...value };
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Malformed();
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new Malformed();
  return value;
}

function optionalText(value: unknown): string | undefined {
  return value === undefined ? undefined : text(value);
}

function whole(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw new Malformed();
  return value;
}

function date(value: unknown): Date {
  const read = new Date(text(value));
  if (Number.isNaN(read.getTime())) throw new Malformed();
  return read;
}
