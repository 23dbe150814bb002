import type { ChartValues } from "../chart/values";
import type { StackSettings } from "../settings/stack-settings";
import { type Fault, shown } from "../validation/faults";
import { error, type Finding, warning } from "../validation/finding";
import { durationText, milliseconds } from "../validation/durations";
import { enabledFeatures, verdictOn } from "../prometheus/check-rules";
import { fits } from "../prometheus/rule-size";
import type { AlertingRules } from "../alerts/alerting-rules";
import { catalog, builtInAlert } from "../alerts/catalog";
import { type LookBack, lookBackOf } from "../alerts/look-back";
import { partsOff, ruleJobs } from "../alerts/features";

/** How far Prometheus looks back for a sample if the expression has no range. */
const instantRange = milliseconds("5m")!;

/** Alerts that look back to ignore what was usual a week before. Without so many samples, they fire for that too. */
const firesWithoutHistory = new Set(["CertificateExpires", "CertificateExpiresSoon"]);

/** Reports settings with which built-in alerts could never fire, or would fire falsely. */
export function settingFaults(settings: StackSettings, rules: AlertingRules): Fault[] {
  const { alerts, prometheus } = settings;
  const lookBacks = ownLookBacks(rules);
  const scrape = scrapeLimit(lookBacks);
  const evaluation = limitBy(lookBacks, ({ shortest }) => shortest);
  const retention = limitBy(
    lookBacks.filter(({ name }) => !firesWithoutHistory.has(name)),
    ({ longest }) => (longest === undefined ? undefined : -longest),
  );
  return [
    ...fault(
      "alerts.scrapeInterval",
      alerts.scrapeInterval,
      (seen) => seen > scrape.most,
      () => tooFewSamples(scrape),
    ),
    ...fault(
      "alerts.evaluationInterval",
      alerts.evaluationInterval,
      (seen) => seen > evaluation.most,
      () =>
        `at most ${durationText(evaluation.most)}, or alerts would not see what happens between two evaluations: ${evaluation.names.join(", ")}.`,
    ),
    ...fault(
      "prometheus.retention",
      prometheus.retention,
      (seen) => seen < -retention.most,
      () =>
        `at least ${durationText(-retention.most)}, because alerts look back that far: ${retention.names.join(", ")}.`,
    ),
    ...heartbeatFaults(settings),
  ];
}

function fault(setting: string, seen: string, isWrong: (seen: number) => boolean, accepted: () => string): Fault[] {
  return isWrong(milliseconds(seen)!)
    ? [{ key: `alerting:${setting}`, sentence: `got ${shown(seen)}; accepted: ${accepted()}` }]
    : [];
}

/** Says which scrape intervals are accepted, for an interval that is too long. */
function tooFewSamples({ most, names }: Limit): string {
  return `at most ${durationText(most)}, or alerts would have too few samples in their ranges: ${names.join(", ")}.`;
}

/**
 * Reports parts of the chart's values and of custom rules with which an alert could never be notified; the paths are
 * those of the values.
 */
export function silentFindings(settings: StackSettings, values: ChartValues, rules: AlertingRules): Finding[] {
  return [
    ...lostAlerts(values),
    ...nodesLeftOut(values, rules),
    ...slowJobs(values, rules),
    ...shortOfSamples(settings, values, rules),
  ];
}

interface Limit {
  readonly most: number;
  /** The alerts that require the limit. */
  readonly names: readonly string[];
}

type Named = LookBack & { readonly name: string };

function ownLookBacks({ own }: AlertingRules): Named[] {
  return own.map((name) => ({ name, ...lookBackOf(builtInAlert(name)!.facts) }));
}

/** The smallest limit that alerts require, and the alerts that require exactly this limit. */
function limitBy(lookBacks: readonly Named[], of: (one: LookBack) => number | undefined): Limit {
  const asked = lookBacks.map((one) => ({ name: one.name, most: of(one) ?? Infinity }));
  const most = Math.min(...asked.map((one) => one.most));
  return { most, names: asked.filter((one) => one.most === most).map(({ name }) => name) };
}

function scrapeLimit(lookBacks: readonly Named[]): Limit {
  return limitBy(lookBacks, ({ scrape }) => scrape ?? instantRange / 2);
}

/** If there is a heartbeat: reports changes to the alert that is the heartbeat, and to the alert that withholds it. */
function heartbeatFaults({ heartbeatIsSet, rules }: StackSettings): Fault[] {
  const needed = {
    Watchdog: "it is sent to alerting:heartbeatUrl, where silence means that alerting is down",
    NotificationsFailing:
      "it stops the heartbeat when Slack accepts no messages, so that the external service notifies somebody",
  };
  return Object.entries(needed).flatMap(([name, why]) =>
    heartbeatIsSet !== true || rules.alerts[name]?.enabled !== false
      ? []
      : [
          {
            key: `alerting:rules.alerts.${name}.enabled`,
            sentence: `got false; accepted: true, because ${why}. To have no heartbeat, run \`pulumi config rm alerting:heartbeatUrl\`.`,
          },
        ],
  );
}

/** Reports disabled components, with the alerts that need them. */
function lostAlerts(values: ChartValues): Finding[] {
  return partsOff(values as Readonly<Record<string, unknown>>).map((part) => {
    const lost = catalog().filter(({ needs }) => needs.includes(part));
    const names = lost.map(({ name }) => name).join(", ");
    return warning(
      [part, "enabled"],
      `is false, so these alerts are not loaded, and nobody is notified of what they cover: ${names}. Remove it to have them.`,
    );
  });
}

/**
 * Reports restrictions of node-exporter's nodes besides the chart's defaults, because NodeExporterMissing would fire
 * for the excluded nodes.
 */
function nodesLeftOut(values: ChartValues, { own }: AlertingRules): Finding[] {
  const exporter = values["prometheus-node-exporter"];
  const isPlaced = (key: "nodeSelector" | "affinity") =>
    Object.keys(exporter?.[key] ?? {}).some((one) => one !== "kubernetes.io/os");
  return (["nodeSelector", "affinity"] as const)
    .filter((key) => isPlaced(key) && own.includes("NodeExporterMissing"))
    .map((key) =>
      warning(
        ["prometheus-node-exporter", key],
        "may keep node-exporter off nodes: no alert about their processors, memory and disks can fire, and NodeExporterMissing fires for each. Remove it, or set alerting:rules.alerts.NodeExporterMissing.enabled to false.",
      ),
    );
}

/** The scrape interval of a job in the values, in milliseconds. */
function intervalOf(job: unknown): number | undefined {
  const own = (job as { scrape_interval?: unknown } | null | undefined)?.scrape_interval;
  return typeof own === "string" ? milliseconds(own) : undefined;
}

/** Reports jobs whose scrape interval is too long for the alerts that read their metrics. */
function slowJobs({ scrapeConfigs }: ChartValues, rules: AlertingRules): Finding[] {
  const limit = scrapeLimit(ownLookBacks(rules));
  return Object.entries(scrapeConfigs ?? {}).flatMap(([job, config]) => {
    const interval = intervalOf(config) ?? 0;
    const path = ["scrapeConfigs", job, "scrape_interval"];
    if (Object.hasOwn(ruleJobs, job) && interval > limit.most)
      return [error(path, `got ${shown(durationText(interval))}; accepted: ${tooFewSamples(limit)}`)];
    if (interval <= instantRange / 2) return [];
    return [
      warning(
        path,
        `is ${durationText(interval)}, and Prometheus looks back only 5m for a sample: InstanceDown and JobDown of this job may be resolved between two scrapes, and fire again. Write at most ${durationText(instantRange / 2)}.`,
      ),
    ];
  });
}

/** Reports custom rules whose range contains fewer than two scrapes, or is longer than samples are kept. */
function shortOfSamples(
  { alerts, prometheus }: StackSettings,
  values: ChartValues,
  { groups }: AlertingRules,
): Finding[] {
  const all = [milliseconds(alerts.scrapeInterval), ...Object.values(values.scrapeConfigs ?? {}).map(intervalOf)];
  const interval = Math.min(...all.filter((one) => one !== undefined));
  const kept = milliseconds(prometheus.retention) ?? Infinity;
  if (!fits(groups.map(({ group }) => group))) return [];
  return groups.flatMap(({ group, origin }, index) => {
    if (origin === "program") return [];
    return (verdictOn(group, enabledFeatures(values)).rules ?? []).flatMap((facts, at) => {
      const { scrape = Infinity, longest = 0 } = lookBackOf(facts);
      const path = ["serverFiles", "alerting_rules.yml", "groups", index, "rules", at, "expr"];
      return [
        ...(scrape >= interval
          ? []
          : [
              warning(
                path,
                `has a range with too few samples in it, since targets are scraped every ${durationText(interval)}, so that it may never yield anything. Write ranges of at least ${durationText(2 * interval)}.`,
              ),
            ]),
        ...(longest <= kept
          ? []
          : [
              warning(
                path,
                `looks back for ${durationText(longest)}, and samples are kept for ${durationText(kept)}. Set alerting:prometheus.retention to at least ${durationText(longest)}, or look back on less.`,
              ),
            ]),
      ];
    });
  });
}
