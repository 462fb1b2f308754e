import Table from "cli-table3";
import { escapeLine } from "./escape.ts";

/** A table as kubectl prints it: upper-case headers, three spaces between columns, no lines. Empty cells show <none>. */
export function formatTable(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  options: { readonly noHeaders?: boolean | undefined } = {},
): string {
  const table = new Table({
    ...(options.noHeaders ? {} : { head: [...headers] }),
    chars: noLines,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 3 },
  });
  for (const row of rows) table.push(row.map((cell) => escapeLine(cell) || "<none>"));
  const lines = table.toString().split("\n");
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

const noLines = Object.fromEntries(
  [
    ["top", "top-mid", "top-left", "top-right"],
    ["bottom", "bottom-mid", "bottom-left", "bottom-right"],
    ["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"],
  ]
    .flat()
    .map((name) => [name, ""]),
);
