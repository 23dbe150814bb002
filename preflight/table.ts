import Table from "cli-table3";
import type { Colors } from "picocolors/types";
import { count, type Row, type Status } from "./check";

const words: Readonly<Record<Status, string>> = {
  ok: "ok",
  warning: "warning",
  failed: "failed",
  skipped: "not asked",
};

/** A table as wide as the terminal. */
export function drawTable(rows: readonly Row[], columns: number, colours: Colors): string {
  const paint: Readonly<Record<Status, (text: string) => string>> = {
    ok: colours.green,
    warning: colours.yellow,
    failed: colours.red,
    skipped: colours.dim,
  };
  const name = Math.max(...rows.map(({ check }) => check.length), 5) + 2;
  const state = 11;
  // Five lines between and around the columns.
  const left = Math.max(columns - name - state - 5, 40);
  const right = Math.floor(left * 0.45);
  const table = new Table({
    head: ["check", "", "what was found", "what to do"].map((title) => colours.bold(title)),
    colWidths: [name, state, left - right, right],
    wordWrap: true,
    // No line between rows, or the table would be higher than a screen.
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: { head: [], border: [] },
  });
  for (const { check, status, what, todo = "" } of rows) {
    table.push([check, paint[status](words[status]), broken(what, left - right), broken(todo, right)]);
  }
  return table.toString();
}

/** Breaks words that are wider than their column, which would be cut: names of nodes, and commands. */
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
