import Table from "cli-table3";
import type { Colors } from "picocolors/types";
import { count, type Row, type Status } from "./check";

const words: Readonly<Record<Status, string>> = {
  ok: "ok",
  warning: "warning",
  failed: "failed",
  skipped: "not asked",
};

/** A table as wide as the terminal, and below it what to do, unbroken: there are commands in it, to be copied. */
export function drawTable(rows: readonly Row[], columns: number, colours: Colors): string {
  const paint: Readonly<Record<Status, (text: string) => string>> = {
    ok: colours.green,
    warning: colours.yellow,
    failed: colours.red,
    skipped: colours.dim,
  };
  const name = Math.max(...rows.map(({ check }) => check.length), 5) + 2;
  const state = 11;
  // Four lines between and around the columns.
  const found = Math.max(columns - name - state - 4, 40);
  const table = new Table({
    head: ["check", "", "what was found"].map((title) => colours.bold(title)),
    colWidths: [name, state, found],
    wordWrap: true,
    // No line between rows, or the table would be higher than a screen.
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: { head: [], border: [] },
  });
  for (const { check, status, what } of rows) table.push([check, paint[status](words[status]), broken(what, found)]);
  const todos = rows.flatMap(({ check, status, todo }) => (todo ? [`${paint[status](check)}: ${todo}`] : []));
  return [table.toString(), ...(todos.length > 0 ? [colours.bold("What to do"), ...todos] : [])].join("\n");
}

/** Breaks words that are wider than their column, which would be cut, such as names of nodes. */
function broken(text: string, column: number): string {
  return text.replace(new RegExp(`\\S{${column - 2}}(?=\\S)`, "g"), "$&\n");
}

/** One line a finding, for logs. */
export function plainLines(rows: readonly Row[]): string {
  const name = Math.max(...rows.map(({ check }) => check.length));
  return rows
    .map(({ check, status, what, todo }) => {
      const line = `${words[status].padEnd(9)}  ${check.padEnd(name)}  ${what}`;
      return todo === undefined ? line : `${line} -> ${todo}`;
    })
    .join("\n");
}

/** What the table comes to. */
export function summaryOf(rows: readonly Row[]): string {
  const of = (status: Status) => rows.filter((row) => row.status === status).length;
  if (of("failed") > 0) return `${count(of("failed"), "thing")} to mend before \`pulumi up\`.`;
  if (of("warning") > 0) return `Nothing failed; ${count(of("warning"), "warning")} to read.`;
  return "All is well.";
}
