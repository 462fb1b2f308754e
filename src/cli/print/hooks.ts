import { join } from "shlex";
import type { HookDescription } from "../../hooks/describe-hooks.ts";
import { shorten } from "../../lib/shorten.ts";
import { formatStructured } from "./structured.ts";
import { formatTable } from "./table.ts";

export type HooksOutput = "json" | "yaml" | "wide" | "name";

/** One hook of one object, or remarks on the object's annotations. */
export type HookRow = HookDescription & {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  /** "deployment.apps/db" */
  readonly label: string;
};

export type HooksFormat = {
  readonly output?: HooksOutput | undefined;
  readonly "no-headers"?: boolean | undefined;
  readonly showNamespace: boolean;
};

/** How much of a command, and of a value inside a note, a table shows; `-o wide` shows more. */
const MAX_COMMAND = { narrow: 60, wide: 1000 };
const MAX_NOTE = { narrow: 160, wide: 2000 };

/** The hooks as `hooks get` prints them. */
export function formatHooks(rows: readonly HookRow[], format: HooksFormat): string {
  const { output } = format;
  if (output === "json" || output === "yaml") {
    return formatStructured({ items: rows.map(toItem) }, output);
  }
  if (output === "name") {
    return [...new Set(rows.map(({ label }) => `${label}\n`))].join("");
  }
  return rows.length === 0 ? "" : formatHookTable(rows, format);
}

function toItem({ namespace, kind, name, phase, hook, order, notes }: HookRow): unknown {
  return { namespace, kind, name, phase, ...hook, order, warnings: notes };
}

function formatHookTable(rows: readonly HookRow[], format: HooksFormat): string {
  const isWide = format.output === "wide";
  const isPods = rows.every(({ kind }) => kind === "Pod");
  const headers = [
    ...(format.showNamespace ? ["NAMESPACE"] : []),
    isPods ? "POD" : "NAME",
    "PHASE",
    "CONTAINER",
    "COMMAND",
    "ON-ERROR",
    "TIMEOUT",
    ...(isWide ? ["ORDER", "KEY"] : []),
    "NOTE",
  ];
  const cells = rows.map((row) => [
    ...(format.showNamespace ? [row.namespace] : []),
    isPods ? row.name : row.label,
    ...hookCells(row, isWide),
    shorten(row.notes.join("; "), isWide ? MAX_NOTE.wide : MAX_NOTE.narrow),
  ]);
  return formatTable(headers, cells, { noHeaders: format["no-headers"] });
}

function hookCells({ phase, hook, order }: HookRow, isWide: boolean): string[] {
  const limit = isWide ? MAX_COMMAND.wide : MAX_COMMAND.narrow;
  return [
    phase ?? "",
    hook?.container ?? "",
    hook ? shorten(join(hook.command), limit) : "",
    hook?.onError ?? "",
    hook?.timeout ?? "",
    ...(isWide ? [order === null ? "" : String(order), hook?.key ?? ""] : []),
  ];
}
