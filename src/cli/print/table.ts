import Table from "cli-table3";
import { shorten } from "../../lib/shorten.ts";
import { escapeLine } from "./escape.ts";

export type TableOptions = {
  readonly noHeaders?: boolean | undefined;
  /** Cuts the cells of the column with this header so that the table is no wider than `width`, where they can. */
  readonly fit?: { readonly header: string; readonly width: number };
};

const columnGap = 3;
/** Less of a command tells nothing. */
const minCutWidth = 16;

/** A table as kubectl prints it: upper-case headers, three spaces between columns, no lines. Empty cells show <none>. */
export function formatTable(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const table = new Table({
    ...(options.noHeaders ? {} : { head: [...headers] }),
    chars: noLines,
    style: { head: [], border: [], "padding-left": 0, "padding-right": columnGap },
  });
  const cells = rows.map((row) => row.map((cell) => escapeLine(cell) || "<none>"));
  table.push(...(options.fit ? fitTo(options.fit, headers, cells) : cells));
  const lines = table.toString().split("\n");
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function fitTo(
  { header, width }: NonNullable<TableOptions["fit"]>,
  headers: readonly string[],
  cells: readonly string[][],
): string[][] {
  const cut = headers.indexOf(header);
  const widths = headers.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const others = widths.filter((_, column) => column !== cut);
  const taken = others.reduce((sum, one) => sum + one + columnGap, 0);
  const limit = Math.max(minCutWidth, width - taken);
  return cells.map((row) =>
    row.map((cell, column) => (column === cut ? shorten(cell, limit - 1) : cell)),
  );
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
