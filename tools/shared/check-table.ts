import type { Colors } from "picocolors/types";
import { count, type Row, type Status } from "./check-result";
import { colors } from "./colors";
import { drawTable, terminalColumns } from "./table";

const words: Readonly<Record<Status, string>> = {
  ok: "ok",
  warning: "warning",
  failed: "failed",
  skipped: "not asked",
};

/** The rows for a person: a table if the terminal is wide enough, otherwise plain lines. */
export function shownRows(rows: readonly Row[]): string {
  const columns = terminalColumns() ?? 0;
  return columns >= 80 ? checkTable(rows, columns) : plainLines(rows);
}

/**
 * A table as wide as the terminal, with the remedies below it in unbroken lines, so that their commands can be copied.
 */
export function checkTable(
  rows: readonly Row[],
  columns: number,
  { green, yellow, red, dim, bold }: Colors = colors,
): string {
  const paint: Readonly<Record<Status, (text: string) => string>> = {
    ok: green,
    warning: yellow,
    failed: red,
    skipped: dim,
  };
  const name = Math.max(...rows.map(({ check }) => check.length), 5) + 2;
  const state = 11;
  // The width of the terminal without the two other columns, and without the four vertical lines between and around the
  // columns.
  const found = Math.max(columns - name - state - 4, 40);
  const table = drawTable(
    rows.map(({ check, status, what }) => [check, paint[status](words[status]), broken(what, found)]),
    { head: ["check", "", "what was found"].map((title) => bold(title)), widths: [name, state, found] },
  );
  const todos = rows.flatMap(({ check, status, todo }) => (todo ? [`${paint[status](check)}: ${todo}`] : []));
  return [table, ...(todos.length > 0 ? [bold("What to do"), ...todos] : [])].join("\n");
}

/** Breaks words that are wider than their column, such as names of nodes; otherwise they would be cut off. */
function broken(text: string, column: number): string {
  return text.replace(new RegExp(`\\S{${column - 2}}(?=\\S)`, "g"), "$&\n");
}

/** One line per result, for logs. */
export function plainLines(rows: readonly Row[]): string {
  const name = Math.max(...rows.map(({ check }) => check.length));
  return rows
    .map(({ check, status, what, todo }) => {
      const line = `${words[status].padEnd(9)}  ${check.padEnd(name)}  ${what}`;
      return todo === undefined ? line : `${line} -> ${todo}`;
    })
    .join("\n");
}

/** The summary of the table. */
export function summaryOf(rows: readonly Row[]): string {
  const of = (status: Status) => rows.filter((row) => row.status === status).length;
  if (of("failed") > 0) return `${count(of("failed"), "problem")} to fix before \`pulumi up\`.`;
  if (of("warning") > 0) return `Nothing failed; ${count(of("warning"), "warning")} to read.`;
  return "No problems found.";
}
