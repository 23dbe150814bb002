import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { comparisonWords } from "./adjustable-threshold";
import { catalog, type BuiltInAlert } from "./catalog";
import { projectRoot } from "../conventions/project-root";

const intro = `# Alerts

This page lists the built-in alerts, whose rules are in \`alerts/rules/\`. The name of each alert links to its runbook,
which says what the alert means, which three commands to run first, and what the usual causes are.

Every alert has the label \`severity\`. An alert about a node also has \`node\`; an alert about a pod also has
\`namespace\`, \`pod\` and \`node\`. Prometheus adds \`cluster\` and \`environment\` when it sends an alert.

You can change each alert by its name. The table shows the defaults:

    pulumi config set --path 'alerting:rules.alerts.NodeMemoryLow.threshold' 5
    pulumi config set --path 'alerting:rules.alerts.NodeMemoryLow.for' 20m
    pulumi config set --path 'alerting:rules.alerts.NodeVanished.enabled' false

Alerts that need \`kube-state-metrics\` are not loaded if \`kube-state-metrics\` is disabled. \`Watchdog\` is loaded only if
a heartbeat is configured. \`AlertmanagerCannotSend\`, \`AlertmanagerMembersMissing\` and \`AlertmanagerConfigDiffers\` are
loaded only with several Alertmanagers, and \`PrometheusTargetsDiffer\` only with two replicas of Prometheus
(\`alerting:availability\`). \`ControlPlaneTargetsMissing\` and the alerts from \`EtcdNoLeader\` to \`EtcdLeaderChanges\`
are loaded only if the control plane is scraped ([control-plane.md](control-plane.md)), and those whose names begin with
\`PrometheusRemoteWrite\` only if \`alerting:longTerm\` is set ([long-term.md](long-term.md)), or \`server.remoteWrite\` in
\`alerting:values\`. With several Alertmanagers, \`NotificationsFailing\` waits until each of them has tried: 30 seconds
with three of them and the default intervals.

In the runbooks, replace words in capitals, such as \`POD\`, by what the alert is about. \`npm run docs\` writes this page.
`;

/** The page docs/alerts.md, built from the rule files and the runbooks. */
export function alertsPage(): string {
  const rows = catalog().map((alert) => [
    `[\`${alert.name}\`](runbooks/${alert.name}.md)`,
    alert.severity,
    alert.for ?? "at once",
    threshold(alert),
    meaningOf(alert.name),
  ]);
  const table = [["alert", "severity", "for", "threshold and unit", "what"], Array<string>(5).fill("---"), ...rows];
  return `${intro}\n${table.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
}

/** The runbook of an alert. Throws an error if there is none. */
export function runbookOf(alert: string): string {
  const name = `docs/runbooks/${alert}.md`;
  const file = join(projectRoot, name);
  if (existsSync(file)) return readFileSync(file, "utf8");
  throw new Error(
    `The alert ${alert} has no runbook: write ${name}, with the headings of its neighbors, then run \`npm run docs\`.`,
  );
}

/** The commands that an alert's runbook gives first, one for each line of its shell block. */
export function firstCommandsOf(alert: string): string[] {
  const block = /## First three commands\n\n```sh\n([\s\S]*?)```/.exec(runbookOf(alert))?.[1] ?? "";
  return block.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

/** The meaning of an alert: the first sentence of its runbook. */
export function meaningOf(alert: string): string {
  const paragraph = /## Meaning\n\n([\s\S]*?)\n\n/.exec(runbookOf(alert))?.[1] ?? "";
  return /^.*?\.(?= |$)/.exec(paragraph.replace(/\n/g, " "))?.[0] ?? paragraph;
}

function threshold({ expr, threshold: found }: BuiltInAlert): string {
  if (found === undefined) return "";
  const order = /(<=|>=|<|>)\s*$/.exec(expr.slice(0, found.from))?.[1] ?? "";
  return `${comparisonWords[order] ?? order} ${withUnit(found.value, found.unit.name)}`;
}

function withUnit(value: number, unit: string): string {
  if (unit === "a percentage") return `${value} %`;
  if (unit === "a number of MiB") return `${value} MiB`;
  if (unit !== "a number of seconds") return `${value}`;
  return value < 3600 ? `${value} s` : `${value} s (${value / 3600} hours)`;
}

if (require.main === module) {
  try {
    writeFileSync(join(projectRoot, "docs", "alerts.md"), alertsPage());
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
