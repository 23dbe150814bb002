import { type AlertingRules, alertingRules } from "../alerts/alerting-rules";
import { silentFindings, settingFaults } from "./silenced-alerts";
import { knownAlerts } from "../alerts/known-alerts";
import { tuningFaults } from "../alerts/tuning-faults";
import { takenNames } from "../alerts/taken-names";
import { checkAlertmanagerConfig, type CheckOptions } from "../alertmanager/check";
import { withCredentialFiles } from "../alertmanager/credentials";
import { checkChartValues } from "../chart/check";
import { chartJobs } from "../chart/contract";
import { mergeValues } from "../validation/merge";
import { forbiddenKeys } from "../chart/overrides/keys";
import type { ChartValues } from "../chart/values";
import { legacyKeys } from "../chart/legacy/legacy-keys";
import type { StackSettings } from "../settings/stack-settings";
import type { Fault } from "../validation/faults";
import { type Finding, type Path, within } from "../validation/finding";
import type { Readable } from "../settings/readable";
import { withDefaults } from "../settings/with-defaults";
import { checkPrometheusFile } from "../prometheus/check-config";
import { checkRuleGroups, enabledFeatures, judgeGroupsAhead } from "../prometheus/check-rules";
import { togetherTooLarge } from "../prometheus/rule-size";
import { mapOf, plainData } from "../validation/plain-data";
import { startParsers } from "../prometheus/parsers/parsers";
import { messageTemplates, setSeverities } from "./alertmanager-config";
import { missedAlerts } from "./missed-alerts";
import { nulledMaps } from "./nulled-maps";
import { prometheusValues } from "./prometheus-values";
import { restrictedFindings } from "../chart/restricted-pods";
import { withoutPaths } from "./value-paths";
import { writtenAt } from "./source-location";

/** The chart's values as they are sent, and what is wrong with them. */
export interface ReleaseValues {
  /** Ours with the override over them, free of secrets: credentials are named by their files. */
  readonly values: ChartValues;
  readonly faults: Fault[];
  /** Legal, and probably not meant. */
  readonly warnings: Fault[];
}

const howToMigrate =
  "has keys of an older chart; `npm run values:translate -- <values.yaml>` writes all of it in today's keys.";

/**
 * Builds the values for a stack's settings and checks them against the pinned chart and the languages within them. Of
 * settings with faults as much is built and checked as can be, so that all faults are told at once. The folder of the
 * user's own rules is looked for in `projectFolder`; in the working directory unless given.
 */
export function releaseValues(
  settings: Readable<StackSettings>,
  credentials: readonly string[],
  projectFolder?: string,
): ReleaseValues {
  const whole = withDefaults(settings);
  const { copy: override, findings: notPlain } = plainData(whole.values);
  const old = legacyKeys(override);
  const isOld = within(old);
  const refused = forbiddenKeys(override).filter(({ path }) => !isOld(path));
  const rules = alertingRules(whole, projectFolder);
  const ours = prometheusValues(whole, credentials, rules);
  const known = [...notPlain, ...old, ...refused];
  const isKnown = within(known);
  const aside = [...known, ...nulledMaps(ours, override).filter(({ path }) => !isKnown(path))];
  // What is told already is taken out: it would be told again by every check that comes after.
  const values = mergeValues(ours, withoutPaths(mapOf(override), errorPaths(aside))) as ChartValues;
  const languages = languageFindings(values, credentials, rules, !hasOwnTexts(settings));
  const isOfLanguages = within(languages);
  const findings = [
    ...aside,
    // The chart's schema looks into these languages too, and knows less of them.
    ...checkChartValues(values).filter(({ path }) => !isOfLanguages(path)),
    ...languages,
    ...below(
      ["alertmanager", "config"],
      missedAlerts(values.alertmanager?.config, knownAlerts(setSeverities(whole.rules.alerts), rules.own)),
    ),
    ...below(ruleFile("alerting_rules.yml"), takenNames(rules)),
    ...restrictedFindings(values, whole),
    ...silentFindings(whole, values, rules),
  ];
  const placeAt = writtenAt(whole, rules);
  const ofSeverity = (severity: Finding["severity"]) =>
    findings
      .filter((finding) => finding.severity === severity)
      .map(({ path, sentence }) => ({ ...placeAt(path), sentence: sentence.replace(/[^.?]$/, "$&.") }));
  // A route of the user's may leave nothing to one of ours, which is what it is for.
  const warnings = ofSeverity("warning").filter(({ ours }) => !ours);
  const asFault = ({ key, sentence }: Fault): Fault => ({ key, sentence });
  return {
    values: { ...values, alertmanager: withConfig(values.alertmanager) },
    faults: [
      ...(old.length > 1 ? [{ key: "alerting:values", sentence: howToMigrate }] : []),
      ...tuningFaults(whole.rules.alerts),
      ...rules.faults,
      ...settingFaults(whole, rules),
      ...ofSeverity("error").map(asFault),
    ],
    warnings: [...rules.warnings, ...warnings.map(asFault)],
  };
}

/**
 * Begins to judge what of the settings is in the tools' languages, besides what this program brings, and goes on. Tells
 * whether there may be such.
 */
export function judgeOwnTextsAhead(settings: Readable<StackSettings>, projectFolder?: string): boolean {
  if (!hasOwnTexts(settings)) return false;
  startParsers();
  const whole = withDefaults(settings);
  const theirs = alertingRules(whole, projectFolder).groups.filter(({ origin }) => origin !== "program");
  judgeGroupsAhead(
    theirs.map(({ group }) => group),
    enabledFeatures(whole.values),
  );
  return true;
}

function hasOwnTexts({ rules, alertmanager, values }: Readable<StackSettings>): boolean {
  const lists = [rules?.groups, ...Object.values(alertmanager ?? {})];
  return (
    rules?.folder !== undefined ||
    Object.keys(values ?? {}).length > 0 ||
    lists.some((list) => Array.isArray(list) && list.length > 0)
  );
}

/** Alertmanager's values with the files of credentials in place of their names. */
function withConfig(alertmanager: ChartValues["alertmanager"]): ChartValues["alertmanager"] {
  return { ...alertmanager, config: withCredentialFiles(alertmanager?.config) };
}

/** What is wrong in the languages within the values: Alertmanager's, and Prometheus'. */
function languageFindings(
  values: ChartValues,
  credentials: readonly string[],
  rules: AlertingRules,
  isOurs: boolean,
): Finding[] {
  // Ours has a configuration; without one another kind of value stands in its place, of which the chart's check tells.
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

/** The template files as they will lie there, the user's among them, and which come with this program. */
function templatesOf({ alertmanager }: ChartValues): Pick<CheckOptions, "templates" | "shipped"> {
  const shipped = messageTemplates();
  const all = Object.entries({ ...(alertmanager?.templates as Readonly<Record<string, unknown>> | undefined) });
  const templates = Object.fromEntries(all.flatMap(([name, text]) => (typeof text === "string" ? [[name, text]] : [])));
  const isShipped = (name: string) => templates[name] === shipped[name];
  return { templates, shipped: new Set(Object.keys(templates).filter(isShipped)) };
}

/** The files of rules, which are keys of one ConfigMap. */
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

function errorPaths(findings: readonly Finding[]): Path[] {
  return findings.filter(({ severity }) => severity === "error").map(({ path }) => path);
}
