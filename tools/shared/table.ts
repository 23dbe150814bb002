import Table from "cli-table3";

/** Draws a table in the style of all tools: without lines between rows, so that it fits on a screen. */
export function drawTable(
  rows: readonly (readonly string[])[],
  { head = [], align = [], widths = [] }: TableOptions = {},
): string {
  const table = new Table({
    head: [...head],
    colAligns: [...align],
    colWidths: [...widths],
    wordWrap: widths.length > 0,
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: { head: [], border: [] },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

interface TableOptions {
  readonly head?: readonly string[];
  readonly align?: readonly ("left" | "right")[];
  /** The widths of the columns; longer cells are wrapped. Default: each column is as wide as its content. */
  readonly widths?: readonly number[];
}

/** The terminal's width; undefined if standard output is not a terminal. */
export function terminalColumns({ isTTY, columns } = process.stdout): number | undefined {
  return isTTY ? columns : undefined;
}
