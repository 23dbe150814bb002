/**
 * `costs-table.ts [--markdown] [--longest <n>]` prints the cost of each step of a run, the longest first, from the file
 * that `COSTS` names. Steps run side by side, so their wall times add up to more than the time of the run.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { markdown } from "../../bench/markdown";
import { type Cost, costsFile } from "./costs";

const head = ["step", "wall, s", "processor, s", "runs of the CLI"];

function read(file: string): Cost[] {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Cost).sort((a, b) => b.seconds - a.seconds);
}

/** Example: `17: 2 up, 1 destroy, 14 other`. */
function runsText(runs: Cost["cliRuns"]): string {
  const all = Object.values(runs).reduce((sum, count) => sum + count, 0);
  if (all === 0) return "";
  const named = ["up", "preview", "refresh", "destroy"].filter((command) => runs[command] !== undefined);
  const other = all - named.reduce((sum, command) => sum + runs[command]!, 0);
  const parts = named.map((command) => `${runs[command]} ${command}`);
  return `${all}: ${[...parts, ...(other > 0 ? [`${other} other`] : [])].join(", ")}`;
}

function rowOf({ step, seconds, processorSeconds, cliRuns }: Cost): string[] {
  const name = step.replace(/^test\//, "").replace(/\.spec\.ts$/, "");
  return [name, seconds.toFixed(1), processorSeconds.toFixed(1), runsText(cliRuns)];
}

function sumOf(step: string, costs: readonly Cost[]): Cost {
  const cliRuns: Record<string, number> = {};
  for (const one of costs)
    for (const [command, count] of Object.entries(one.cliRuns)) cliRuns[command] = (cliRuns[command] ?? 0) + count;
  const sum = (of: (cost: Cost) => number) => costs.reduce((total, cost) => total + of(cost), 0);
  return {
    step,
    seconds: sum(({ seconds }) => seconds),
    processorSeconds: sum((cost) => cost.processorSeconds),
    cliRuns,
  };
}

if (costsFile === undefined) throw new Error("COSTS names no file.");
const { values } = parseArgs({
  options: { markdown: { type: "boolean", default: false }, longest: { type: "string", default: "Infinity" } },
});
const costs = read(costsFile);
const shown = costs.slice(0, Number(values.longest));
const others = costs.slice(shown.length);
const rows = [
  ...shown,
  ...(others.length > 0 ? [sumOf(`${others.length} others`, others)] : []),
  sumOf(`all ${costs.length}`, costs),
].map(rowOf);
if (values.markdown) {
  console.log(markdown(head, rows));
} else {
  const plain = Object.fromEntries(
    ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"]
      .concat(["left", "left-mid", "mid", "mid-mid", "right", "right-mid"])
      .map((part) => [part, ""]),
  );
  const table = new Table({
    head,
    chars: { ...plain, middle: " " },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 1 },
    colAligns: ["left", "right", "right", "left"],
  });
  table.push(...rows);
  console.log(table.toString());
}
