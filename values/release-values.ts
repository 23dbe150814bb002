import { type AlertingRules, alertingRules } from "../alerts/alerting-rules";
import { tuningFaults } from "../alerts/tuning-faults";
import { withCredentialFiles } from "../alertmanager/credentials";
import type { ChartValues } from "../chart/values";
import { enabledFeatures, judgeGroupsAhead } from "../prometheus/check-rules";
import { startParsers } from "../prometheus/parsers/parsers";
import type { StackSettings } from "../settings/stack-settings";
import type { Fault } from "../validation/faults";
import { ended, type Finding } from "../validation/finding";
import { mergeValues } from "../validation/merge";
import { checkOverride } from "./check-override";
import { checkValues } from "./check-values";
import { prometheusValues } from "./prometheus-values";
import { settingFaults } from "./silenced-alerts";
import { sourceLocation } from "./source-location";

/** The chart's values as they are sent, and what is wrong with them. */
export interface ReleaseValues {
  /** Ours with the override over them, free of secrets: credentials are named by their files. */
  readonly values: ChartValues;
  readonly faults: Fault[];
  /** Legal, and probably not meant. */
  readonly warnings: Fault[];
}

/**
 * Builds the values for a stack's settings and checks them against the pinned chart and the languages within them. Of
 * settings with problems as much is built and checked as can be, so that all are reported at once. The folder of the
 * user's own rules is looked for in `projectFolder`; in the working directory unless given.
 */
export function releaseValues(
  settings: StackSettings,
  credentials: readonly string[],
  projectFolder?: string,
): ReleaseValues {
  const rules = alertingRules(settings, projectFolder);
  const ours = prometheusValues(settings, credentials, rules);
  const { override, findings, faults } = checkOverride(settings.values, ours);
  const values = mergeValues(ours, override) as ChartValues;
  const sources = { settings, rules, credentials, isOurs: !hasCustomTexts(settings) };
  const found = located([...findings, ...checkValues(values, sources)], settings, rules);
  return {
    values: { ...values, alertmanager: withConfig(values.alertmanager) },
    faults: [
      ...faults,
      ...tuningFaults(settings.rules.alerts),
      ...rules.faults,
      ...settingFaults(settings, rules),
      ...found.errors,
    ],
    warnings: [...rules.warnings, ...found.warnings],
  };
}

/** Findings at the places where a person finds them. */
function located(findings: readonly Finding[], settings: StackSettings, rules: AlertingRules) {
  const locate = sourceLocation(settings, rules);
  const ofSeverity = (severity: Finding["severity"]) =>
    findings
      .filter((finding) => finding.severity === severity)
      .map(({ path, sentence }) => ({ ...locate(path), sentence: ended(sentence) }));
  const asFault = ({ key, sentence }: Fault): Fault => ({ key, sentence });
  return {
    errors: ofSeverity("error").map(asFault),
    // A route of the user's may leave nothing to one of ours, which is what it is for.
    warnings: ofSeverity("warning")
      .filter(({ isOurs }) => !isOurs)
      .map(asFault),
  };
}

/**
 * Begins to judge what of the settings is in the tools' languages, besides what this program brings, and goes on. Tells
 * whether there may be such.
 */
export function judgeOwnTextsAhead(settings: StackSettings, projectFolder?: string): boolean {
  if (!hasCustomTexts(settings)) return false;
  startParsers();
  const theirs = alertingRules(settings, projectFolder).groups.filter(({ origin }) => origin !== "program");
  judgeGroupsAhead(
    theirs.map(({ group }) => group),
    enabledFeatures(settings.values),
  );
  return true;
}

function hasCustomTexts({ rules, alertmanager, values }: StackSettings): boolean {
  const lists = [rules.groups, ...Object.values(alertmanager)];
  return (
    rules.folder !== undefined ||
    Object.keys(values).length > 0 ||
    lists.some((list) => Array.isArray(list) && list.length > 0)
  );
}

/** Alertmanager's values with the files of credentials in place of their names. */
function withConfig(alertmanager: ChartValues["alertmanager"]): ChartValues["alertmanager"] {
  return { ...alertmanager, config: withCredentialFiles(alertmanager?.config) };
}
