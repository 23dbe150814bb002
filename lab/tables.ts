import * as os from "node:os";
import { reportText } from "../tools/drill/table";
import { colors } from "../tools/shared/colors";
import type { Report } from "./report";
import { faultsOf } from "./secrets/scan";
import { secretsTable } from "./secrets/table";
import { drawSlackMessage, isVisibleInChannel, readSlackPayload, wrap } from "./slack-message";
import type { SlackMessage } from "./slack/start";
import type { Part } from "./stand-ins/plugins";

/** The assumed width of a terminal. */
const terminalWidth = 80;

/** Wraps text to at most {@link terminalWidth} characters, with a left margin. */
const within = (text: string, margin: number) =>
  wrap(text, terminalWidth - margin)
    .map((line) => `${" ".repeat(margin)}${line}`)
    .join("\n");

/** Lists the real parts by name and version, and describes each of the other parts. */
export function partsList(parts: readonly Part[]): string {
  const of = (kind: Part["kind"]) => parts.filter((part) => part.kind === kind);
  // A no-break space keeps the version beside its name.
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

/** The summary that is printed at the end of a run. */
export function summary(report: Report, parts: readonly Part[], messages: readonly SlackMessage[]): string {
  const blocks: [title: string, text: string | undefined][] = [
    ["Real and simulated parts", partsList(parts)],
    ["The comment on a pull request that changes the channel", report.comment?.replace(/^<!--.*-->\n/, "").trimEnd()],
    ["The drill", report.drill && reportText(report.drill)],
    ["The loss of a master", report.loss && reportText(report.loss)],
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

/** The list of a run's files. The picture is in it only after the drill. */
export function filesList({ directory, drill, loss }: Report, reportFile: string): string {
  const pictures = [
    ...(drill === undefined ? [] : [`Picture: ${directory}/timeline.svg, .png`]),
    ...(loss === undefined ? [] : [`         ${directory}/loss/timeline.svg, .png`]),
  ];
  return [`Report:  ${reportFile}`, ...pictures, `Logs:    ${directory}`].join("\n");
}

/**
 * The Slack messages, with an explanation for those that are not from the drill. After the loss of a master none has
 * one, because its other parts cause messages too.
 */
function slackLines({ slack = [], loss }: Report, messages: readonly SlackMessage[]): string | undefined {
  const visible = messages.filter(isVisibleInChannel);
  if (visible.length === 0) return undefined;
  const drills = new Set(slack.map((payload) => JSON.stringify(payload)));
  return visible
    .map(({ receivedAt, payload }) => {
      const box = drawSlackMessage(receivedAt, readSlackPayload(payload), terminalWidth);
      const isExpected = drills.has(JSON.stringify(payload)) || (loss !== undefined && receivedAt >= loss.startedAt);
      return isExpected ? box : `${box}\n${colors.yellow(within(notTheDrills(), 2))}`;
    })
    .join("\n");
}

function notTheDrills(): string {
  const [load, processors] = [os.loadavg()[0]!, os.availableParallelism()];
  return load > processors
    ? `^ Not the drill's: this machine is busy (load ${load.toFixed(1)} on ${processors} processors), and parts of the lab that answer late are reported as down.`
    : "^ Not the drill's: about the lab's own parts, or about this machine.";
}

/** The result of the run in one line. */
export function verdict({ stages }: Pick<Report, "stages">, failure: string | undefined): string {
  if (failure !== undefined) return colors.red(`FAILED: ${failure}`);
  const seconds = Math.round(stages.reduce((sum, stage) => sum + stage.seconds, 0));
  const took = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return colors.green(`PASSED in ${took}: an alert and its end arrived in Slack, and nothing is left over.`);
}

function outputLines(outputs: Readonly<Record<string, unknown>>): string {
  const width = Math.max(...Object.keys(outputs).map((name) => name.length));
  return Object.entries(outputs)
    .map(([name, value]) => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      const line = `  ${name.padEnd(width)}  ${text}`;
      return line.length <= terminalWidth ? line : `  ${name}\n    ${text}`;
    })
    .join("\n");
}

function checkLines({ secondPreview, secretScan, leftovers, retained }: Report): string[] {
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
    const found = faults.length === 0 ? "none in forbidden places" : "";
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
    lines.push("  stays on purpose (a destroy never removes node labels)", ...retained.map((line) => `    ${line}`));
  }
  return lines;
}
