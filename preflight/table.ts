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
  const todo = Math.floor(left * 0.45);
  const table = new Table({
    head: ["check", "", "what was found", "what to do"],
    colWidths: [name, state, left - todo, todo],
    wordWrap: true,
    // No line between rows, or the table would be higher than a screen.
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: { head: [], border: [] },
  });
  for (const row of rows) table.push([row.check, paint[row.status](words[row.status]), row.what, row.todo ?? ""]);
  return table.toString();
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
