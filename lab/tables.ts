import Table from "cli-table3";
import { colors } from "../tools/shared/colors";
import type { LeafDiff } from "./leaf-diffs";
import type { Report } from "./report";
import { faultsOf } from "./secrets/scan";
import { secretsTable } from "./secrets/table";
import { drawSlackMessage, readSlackPayload } from "./slack-message";
import type { SlackMessage } from "./slack/start";
import type { Part } from "./stand-ins/plugins";
import { drawTimeline } from "./timeline";

/** Plain lines, none between rows. */
const look = {
  style: { head: [], border: [] },
  chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
};

/** What is real, emulated, simulated and stood in, in that order. */
export function partsTable(parts: readonly Part[]): string {
  const order: readonly Part["kind"][] = ["real", "emulated", "simulated", "stand-in"];
  const table = new Table({ head: ["what it is", "part", "version", ""], ...look });
  for (const kind of order) {
    for (const part of parts.filter((candidate) => candidate.kind === kind)) {
      table.push([
        kind === "real" ? colors.green(kind) : colors.yellow(kind),
        part.name,
        part.version,
        part.note ?? "",
      ]);
    }
  }
  return table.toString();
}

/** Each stage and its seconds. */
export function stagesTable(stages: Report["stages"]): string {
  const table = new Table({ head: ["stage", "seconds"], colAligns: ["left", "right"], ...look });
  for (const { name, seconds } of stages) {
    table.push([name, seconds.toFixed(1)]);
  }
  const total = stages.reduce((sum, stage) => sum + stage.seconds, 0);
  table.push(["together", total.toFixed(1)]);
  return table.toString();
}

/** One row for each changed leaf: where, old, new. */
export function leafDiffsTable(diffs: readonly LeafDiff[]): string {
  const table = new Table({ head: ["changed", "leaf of the release's values", "old", "new"], ...look });
  for (const { title, path, old, now } of diffs) {
    const [before, after] = withoutSameLines(leafText(old), leafText(now));
    table.push([title, path, colors.red(before), colors.green(after)]);
  }
  return table.toString();
}

function leafText(value: unknown): string {
  return typeof value === "string" ? value : value === undefined ? "-" : JSON.stringify(value);
}

/** Of two long texts, the lines from the first that differs to the last; a terminal is not as wide as an expression twice. */
function withoutSameLines(old: string, now: string): [old: string, now: string] {
  const [before, after] = [old.split("\n"), now.split("\n")];
  const most = Math.min(before.length, after.length) - 1;
  let first = 0;
  while (first < most && before[first] === after[first]) first++;
  let last = 0;
  while (last < most - first && before.at(-1 - last) === after.at(-1 - last)) last++;
  const shown = (lines: readonly string[]) =>
    [...(first > 0 ? ["…"] : []), ...lines.slice(first, lines.length - last), ...(last > 0 ? ["…"] : [])].join("\n");
  return [shown(before), shown(after)];
}

/** Everything that a run ends with, for people. */
export function summary(report: Report, parts: readonly Part[], messages: readonly SlackMessage[]): string {
  const blocks: [title: string, text: string | undefined][] = [
    ["What was real, and what was not", partsTable(parts)],
    ["Stages", stagesTable(report.stages)],
    ["One-leaf diffs", report.leafDiffs && leafDiffsTable(report.leafDiffs)],
    ["The drill", report.drill && drawTimeline(report.drill)],
    [
      "In Slack",
      messages.length === 0
        ? undefined
        : messages.map((one) => drawSlackMessage(one.receivedAt, readSlackPayload(one.payload))).join("\n"),
    ],
    ["Outputs", report.outputs && outputLines(report.outputs)],
    ["Secrets", report.secretScan && secretsTable(report.secretScan)],
    ["Checks", checkLines(report).join("\n") || undefined],
  ];
  return blocks
    .filter(([, text]) => text !== undefined)
    .map(([title, text]) => `${colors.bold(title)}\n${text ?? ""}\n`)
    .join("\n");
}

function outputLines(outputs: Readonly<Record<string, unknown>>): string {
  const width = Math.max(...Object.keys(outputs).map((name) => name.length));
  return Object.entries(outputs)
    .map(([name, value]) => `  ${name.padEnd(width)}  ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("\n");
}

function checkLines({ secondPreview, secretScan, leftovers, retained, memory }: Report): string[] {
  const lines: string[] = [];
  if (secondPreview !== undefined) {
    const counts = Object.entries(secondPreview).map(([operation, count]) => `${count} ${operation}`);
    lines.push(`  second preview     ${counts.join(", ")}`);
  }
  if (secretScan !== undefined) {
    const { rows, placesSearched, bytesSearched, seconds } = secretScan;
    const size = `${placesSearched.length} places, ${(bytesSearched / 1024 / 1024).toFixed(1)} MiB`;
    const number = rows.reduce((sum, { secrets }) => sum + secrets, 0);
    const faults = faultsOf(secretScan);
    const found = faults.length === 0 ? "none where it must not be" : "";
    lines.push(`  secrets searched   ${number} in ${size}, ${seconds.toFixed(1)} s: ${found}`.trimEnd());
    lines.push(...faults.map((fault) => `    LEAK ${fault}`));
  }
  if (leftovers !== undefined) {
    lines.push(
      `  left after destroy ${leftovers.length === 0 ? "nothing" : ""}`.trimEnd(),
      ...leftovers.map((line) => `    ${line}`),
    );
  }
  if (retained !== undefined && retained.length > 0) {
    lines.push("  stays on purpose", ...retained.map((line) => `    ${line}`));
  }
  if (memory !== undefined) {
    lines.push(`  memory             ${memory.peakMiB} MiB at most, all processes together`);
  }
  return lines;
}
