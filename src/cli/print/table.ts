import { shorten } from "../../lib/shorten.ts";
import { displayWidth } from "./display-width.ts";
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
  const cells = rows.map((row) => row.map((cell) => escapeLine(cell) || "<none>"));
  const shown = options.fit ? fitTo(options.fit, headers, cells) : cells;
  return formatColumns(options.noHeaders ? shown : [headers, ...shown]);
}

function formatColumns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
    });
  }
  const lines = rows.map((row) =>
    row
      .map((cell, column) => {
        const missing = (widths[column] ?? 0) - displayWidth(cell);
        return cell + " ".repeat(missing + columnGap);
      })
      .join("")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
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
