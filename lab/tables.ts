import * as os from "node:os";
import Table from "cli-table3";
import { colors } from "../tools/shared/colors";
import type { LeafDiff } from "./leaf-diffs";
import type { Report } from "./report";
import { faultsOf } from "./secrets/scan";
import { secretsTable } from "./secrets/table";
import { drawSlackMessage, isToldToReaders, readSlackPayload, wrap } from "./slack-message";
import type { SlackMessage } from "./slack/start";
import type { Part } from "./stand-ins/plugins";
import { drawTimeline } from "./timeline";

/** Plain lines, none between rows. */
const look = {
  style: { head: [], border: [] },
  chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
};

/** How wide a terminal may be taken to be. */
const WIDTH = 80;

/** Lines of at most {@link WIDTH} characters, each below a margin of so many. */
const within = (text: string, margin: number) =>
  wrap(text, WIDTH - margin)
    .map((line) => `${" ".repeat(margin)}${line}`)
    .join("\n");

/** What is real, by name and version, and what each of the other parts stands for. */
export function partsList(parts: readonly Part[]): string {
  const of = (kind: Part["kind"]) => parts.filter((part) => part.kind === kind);
  // A version stays beside its name.
  const named = of("real").map(({ name, version }) => `${name}\u00a0${version}`);
  const real = within(named.join(", "), 12).replaceAll("\u00a0", " ");
  const others = (["emulated", "simulated", "stand-in"] as const).flatMap((kind) =>
    of(kind).map(({ name, version, note }) => {
      const text = within(
        `${name}${version === "lab" ? "" : ` ${version}`}${note === undefined ? "" : `: ${note}`}`,
        12,
      );
      return `  ${colors.yellow(kind.padEnd(10))}${text.slice(12)}`;
    }),
  );
  return [...(of("real").length > 0 ? [`  ${colors.green("real".padEnd(10))}${real.slice(12)}`] : []), ...others].join(
    "\n",
  );
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

/** Each changed leaf: where, and its lines before and after. */
export function leafDiffsList(diffs: readonly LeafDiff[]): string {
  return diffs
    .map(({ title, path, old, now }) => {
      const [before, after] = withoutSameLines(leafText(old), leafText(now));
      const lines = (sign: string, text: string) => text.split("\n").map((line) => within(`${sign} ${line}`, 4));
      return [
        within(title, 2),
        within(path, 4),
        ...lines("-", before).map((line) => colors.red(line)),
        ...lines("+", after).map((line) => colors.green(line)),
      ].join("\n");
    })
    .join("\n");
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
    ["What was real, and what was not", partsList(parts)],
    ["Stages", stagesTable(report.stages)],
    [
      "What a preview shows of a change of one value (below the chart's values)",
      report.leafDiffs && leafDiffsList(report.leafDiffs),
    ],
    ["The drill", report.drill && drawTimeline(report.drill)],
    ["In Slack", slackLines(report, messages)],
    ["Outputs", report.outputs && outputLines(report.outputs)],
    ["Secrets", report.secretScan && secretsTable(report.secretScan)],
    ["Checks", checkLines(report).join("\n") || undefined],
  ];
  return blocks
    .filter(([, text]) => text !== undefined)
    .map(([title, text]) => `${colors.bold(title)}\n${text ?? ""}\n`)
    .join("\n");
}

/** Where a run's files are; the picture is there once the drill is done. */
export function filesList({ directory, drill }: Report, reportFile: string): string {
  const picture = drill === undefined ? [] : [`Picture: ${directory}/timeline.svg, .png`];
  return [`Report:  ${reportFile}`, ...picture, `Logs:    ${directory}`].join("\n");
}

/** The messages, and of those that are not the drill's where they come from. */
function slackLines({ slack = [] }: Report, messages: readonly SlackMessage[]): string | undefined {
  const told = messages.filter(isToldToReaders);
  if (told.length === 0) return undefined;
  const drills = new Set(slack.map((payload) => JSON.stringify(payload)));
  return told
    .map(({ receivedAt, payload }) => {
      const box = drawSlackMessage(receivedAt, readSlackPayload(payload), WIDTH);
      return drills.has(JSON.stringify(payload)) ? box : `${box}\n${colors.yellow(within(notTheDrills(), 2))}`;
    })
    .join("\n");
}

function notTheDrills(): string {
  const [load, processors] = [os.loadavg()[0]!, os.availableParallelism()];
  return load > processors
    ? `^ Not the drill's: this machine is busy (load ${load.toFixed(1)} on ${processors} processors), and what of the lab answers late is told as down.`
    : "^ Not the drill's: of the lab's own parts, or of this machine.";
}

/** How it ended, in one line. */
export function verdict({ stages }: Pick<Report, "stages">, failure: string | undefined): string {
  if (failure !== undefined) return colors.red(`FAILED: ${failure}`);
  const seconds = Math.round(stages.reduce((sum, stage) => sum + stage.seconds, 0));
  const took = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return colors.green(`PASSED in ${took}: an alert and its end came to Slack, and nothing is left.`);
}

function outputLines(outputs: Readonly<Record<string, unknown>>): string {
  const width = Math.max(...Object.keys(outputs).map((name) => name.length));
  return Object.entries(outputs)
    .map(([name, value]) => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      const line = `  ${name.padEnd(width)}  ${text}`;
      return line.length <= WIDTH ? line : `  ${name}\n    ${text}`;
    })
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
    lines.push(...faults.map((fault) => within(`LEAK ${fault}`, 4)));
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
