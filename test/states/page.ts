import { type ClusterState, clusterStates } from "./read";

const intro = `# Which state of the cluster causes which alert

Each row is a state of the cluster, the alerts that fire in it, and the alerts that kube-prometheus has for it. In a
state without an alert, the second column says why. \`test/lab/cluster-states.spec.ts\` plays each state with promtool and
all built-in rules: it changes the series of a healthy cluster, and fails unless exactly these alerts fire. An alert that
fires can still be muted by another one, which [routing.md](routing.md) describes.

The names of the alerts lead to their runbooks. \`npm run docs\` writes this page from \`test/states/\`.
`;

/** The page docs/coverage.md. */
export function coveragePage(): string {
  const all = clusterStates();
  const states = all.flatMap((area) => area.states);
  const silent = states.filter(({ fires }) => fires.length === 0).length;
  const count = `There are ${states.length} states: ${states.length - silent} with alerts, and ${silent} without.\n`;
  const sections = all.map(({ area, states: rows }) =>
    [
      `## ${title(area)}\n`,
      "| state | alerts | kube-prometheus |",
      "| --- | --- | --- |",
      ...rows.map((state) => `| ${state.state} | ${alertsOf(state)} | ${named(state.kubePrometheus)} |`),
      "",
    ].join("\n"),
  );
  return [intro, count, ...sections].join("\n");
}

function alertsOf({ fires, reason }: ClusterState): string {
  if (reason !== undefined) return `none. ${reason}`;
  return fires.map((alert) => `[\`${alert}\`](runbooks/${alert}.md)`).join(", ");
}

function named(alerts: readonly string[]): string {
  return alerts.length === 0 ? "none" : alerts.map((alert) => `\`${alert}\``).join(", ");
}

function title(area: string): string {
  const words = area.replaceAll("-", " ");
  return words[0]!.toUpperCase() + words.slice(1);
}
