import { alertNameCollisions } from "../alerts/alert-name-collisions";
import type { AlertingRules } from "../alerts/alerting-rules";
import { knownAlerts } from "../alerts/known-alerts";
import { checkAlertmanagerConfig, type CheckOptions } from "../alertmanager/check-config";
import { checkChartValues } from "../chart/check-chart-values";
import { chartJobs } from "../chart/contract";
import { restrictedFindings } from "../chart/restricted-pods";
import type { ChartValues } from "../chart/values";
import { checkPrometheusFile } from "../prometheus/check-config";
import { checkRuleGroups, enabledFeatures } from "../prometheus/check-rules";
import { togetherTooLarge } from "../prometheus/rule-size";
import type { StackSettings } from "../settings/stack-settings";
import { type Finding, type Path, within } from "../validation/finding";
import { messageTemplates, setSeverities } from "./alertmanager-config";
import { missedAlerts } from "./missed-alerts";
import { silentFindings } from "./silenced-alerts";

/** The inputs that the values were built from. */
export interface ValuesSources {
  readonly settings: StackSettings;
  readonly rules: AlertingRules;
  /** Names of the credentials that are set for receivers. */
  readonly credentials: readonly string[];
  /**
   * Whether the values contain nothing from the user. If so, the parsers of Prometheus and Alertmanager need not check
   * them.
   */
  readonly isOurs: boolean;
}

/** Checks values against the pinned chart, the languages within them, and the requirements of the built-in alerts. */
export function checkValues(values: ChartValues, sources: ValuesSources): Finding[] {
  const { settings, rules } = sources;
  const languages = languageFindings(values, sources);
  const isOfLanguages = within(languages);
  return [
    // The chart's schema also describes the configuration of Alertmanager and Prometheus, but less precisely than their
    // own checks.
    ...checkChartValues(values).filter(({ path }) => !isOfLanguages(path)),
    ...languages,
    ...below(
      ["alertmanager", "config"],
      missedAlerts(values.alertmanager?.config, knownAlerts(setSeverities(settings.rules.alerts), rules.own)),
    ),
    ...below(ruleFile("alerting_rules.yml"), alertNameCollisions(rules)),
    ...restrictedFindings(values, settings),
    ...silentFindings(settings, values, rules),
  ];
}

/** Problems of the Alertmanager and Prometheus configuration within the values. */
function languageFindings(values: ChartValues, { rules, credentials, isOurs }: ValuesSources): Finding[] {
  // The built-in values have a configuration. If it is missing here, a value of another type has replaced it, which the
  // chart's check reports.
  const config = values.alertmanager?.config;
  return [
    ...(config === undefined
      ? []
      : below(
          ["alertmanager", "config"],
          checkAlertmanagerConfig(config, { ...templatesOf(values), credentials, isOurs }),
        )),
    ...ruleFindings(values, rules),
    ...(isOurs ? [] : checkPrometheusFile(values as Readonly<Record<string, unknown>>, chartJobs())),
  ];
}

/** The template files as Alertmanager will find them, including the user's, and which of them are built-in. */
function templatesOf({ alertmanager }: ChartValues): Pick<CheckOptions, "templates" | "shipped"> {
  const shipped = messageTemplates();
  const all = Object.entries({ ...(alertmanager?.templates as Readonly<Record<string, unknown>> | undefined) });
  const templates = Object.fromEntries(all.flatMap(([name, text]) => (typeof text === "string" ? [[name, text]] : [])));
  const isShipped = (name: string) => templates[name] === shipped[name];
  return { templates, shipped: new Set(Object.keys(templates).filter(isShipped)) };
}

/** The rule files, which are keys of one ConfigMap. */
const ruleFiles = ["alerting_rules.yml", "recording_rules.yml"] as const;
const ruleFile = (file: (typeof ruleFiles)[number]): Path => ["serverFiles", file, "groups"];

function ruleFindings(values: ChartValues, rules: AlertingRules): Finding[] {
  const shipped = new Set(
    rules.groups.flatMap(({ group, origin }) => (origin === "program" ? [JSON.stringify(group)] : [])),
  );
  const isShipped = (group: unknown) => shipped.has(JSON.stringify(group));
  const files = ruleFiles.flatMap((file) => {
    const content = (values.serverFiles as Record<string, { groups?: unknown } | undefined> | undefined)?.[file];
    const groups = typeof content === "object" ? content.groups : undefined;
    return groups === undefined ? [] : [{ file, groups }];
  });
  const found = files.flatMap(({ file, groups }) =>
    below(ruleFile(file), checkRuleGroups(groups, { features: enabledFeatures(values), isShipped })),
  );
  return [...found, ...below(["serverFiles"], togetherTooLarge(files.map(({ groups }) => groups)))];
}

function below(prefix: Path, findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => ({ ...finding, path: [...prefix, ...finding.path] }));
}
