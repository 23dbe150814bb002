import { keysOf } from "../tools/preview-comment/changes";
import { valueAt } from "../validation/plain-data";
import type { Lab } from "./lab";
import type { Say } from "./progress";
import type { SecretExample } from "./secrets/example";
import type { LabStack, StackConfig, StackRun, Step } from "./stack";

/** One leaf of the release's values that a preview would change. */
export interface LeafDiff {
  readonly title: string;
  /** Below the release's values, as the engine names it. */
  readonly path: string;
  readonly old: unknown;
  readonly now: unknown;
}

/** What an operator has in a stack of some size; the parts that the one-leaf changes touch are parameters. */
export interface Example {
  /** Of one of the program's own alerts: how many percent of the processors are too busy. */
  readonly busy: number;
  /** Of a rule: after how many seconds pushed metrics are too old. */
  readonly threshold: number;
  /** Of a route. */
  readonly receiver: "storage-team" | "slack";
  /** Of a toleration of Prometheus' pod. */
  readonly taint: string;
}

export const EXAMPLE: Example = { busy: 95, threshold: 86_400, receiver: "storage-team", taint: "monitoring" };

/** Each changes one leaf of the configuration. */
export const ONE_LEAF_CHANGES: readonly { readonly title: string; readonly change: Partial<Example> }[] = [
  { title: "a threshold of one of our alerts", change: { busy: 80 } },
  { title: "a rule's threshold", change: { threshold: 43_200 } },
  { title: "a route's receiver", change: { receiver: "slack" } },
  { title: "a toleration", change: { taint: "observability" } },
];

/** Configuration with a rule, receivers, routes and tolerations of the operator's own. */
export function exampleConfig(change: Partial<Example> = {}): StackConfig {
  const { busy, threshold, receiver, taint } = { ...EXAMPLE, ...change };
  return {
    "alerting:rules": {
      alerts: { NodeCpuHigh: { threshold: busy } },
      groups: [
        {
          name: "Pushed",
          rules: [
            {
              alert: "PushedMetricsAreOld",
              expr: `time() - push_time_seconds > ${threshold}`,
              for: "5m",
              labels: { severity: "warning", team: "storage" },
              annotations: {
                summary: "{{ $labels.job }} has not pushed for long",
                description: "The last push of {{ $labels.job }} was {{ $value | humanizeDuration }} ago.",
              },
            },
          ],
        },
      ],
    },
    "alerting:alertmanager": {
      receivers: [{ name: "storage-team", slack_configs: [{ channel: "#storage", send_resolved: true }] }],
      routes: [
        { matchers: ['team="storage"', 'severity="critical"'], receiver: "storage-team" },
        { matchers: ['team="storage"'], receiver },
      ],
    },
    "alerting:values": {
      server: {
        tolerations: [
          { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
          { key: "dedicated", operator: "Equal", value: taint, effect: "NoSchedule" },
        ],
      },
    },
  };
}

/**
 * Previews of the applied example with one leaf of its configuration changed each; the configuration is put back. `also`
 * is what the stack has besides.
 */
export async function oneLeafDiffs(
  lab: Lab,
  stack: LabStack,
  say: Say,
  also: SecretExample = { config: {}, secrets: lab.secrets },
): Promise<LeafDiff[]> {
  const configure = (change?: Partial<Example>) =>
    stack.configure({ ...lab.config, ...also.config, ...exampleConfig(change) }, also.secrets);
  const diffs: LeafDiff[] = [];
  try {
    for (const { title, change } of ONE_LEAF_CHANGES) {
      await configure(change);
      diffs.push(oneLeafOf(await stack.preview(say), title));
    }
  } finally {
    await configure();
  }
  return diffs;
}

const RELEASE = "kubernetes:helm.sh/v3:Release";

/** What the Release's step is worth telling: leaves of the values. Throws a sentence where anything else would change. */
export function leavesOf({ steps, logFile }: StackRun, title: string, others: readonly string[] = []): LeafDiff[] {
  const stray = steps.filter((step) => !isRelease(step) && !others.includes(step.name));
  if (stray.length > 0) {
    const list = stray.map(({ operation, type, name }) => `${operation} ${type} ${name}`).join(", ");
    throw new Error(`The preview of "${title}" should change the release alone, but shows ${list}; see ${logFile}`);
  }
  const release = steps.find(isRelease);
  if (release === undefined || release.operation !== "update") {
    throw new Error(`The preview of "${title}" shows no update of the release; see ${logFile}`);
  }
  return release.changedPaths.map((path) => ({
    title,
    path: path.replace(/^values\./, ""),
    old: valueAt(release.old, keysOf(path)),
    now: valueAt(release.now, keysOf(path)),
  }));
}

/** The one leaf that a preview would change; throws a sentence where it is another number. */
export function oneLeafOf(run: StackRun, title: string): LeafDiff {
  const leaves = leavesOf(run, title);
  const [leaf] = leaves;
  if (leaf === undefined || leaves.length > 1) {
    const list = leaves.map(({ path }) => path).join(", ");
    throw new Error(`The preview of "${title}" should change one leaf, but changes ${list}; see ${run.logFile}`);
  }
  return leaf;
}

function isRelease({ type }: Step): boolean {
  return type === RELEASE;
}
