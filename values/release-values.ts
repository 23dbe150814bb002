import { isDeepStrictEqual } from "node:util";
import { type AlertingRules, alertingRules } from "../alerts/alerting-rules";
import { tuningFaults } from "../alerts/tuning-faults";
import { credentialsIn, withCredentialFiles } from "../alertmanager/credentials";
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
import { replicaFindings } from "./replica-findings";
import { settingFaults } from "./silenced-alerts";
import { sourceLocation } from "./source-location";

type ServerValues = NonNullable<ChartValues["server"]>;

/** The chart's values as they are sent to Helm, and their problems. */
export interface ReleaseValues {
  /** The built-in values with the override merged over them, without secrets: credentials are named by their files. */
  readonly values: ChartValues;
  readonly faults: Fault[];
  /** Warnings about values that are valid, but probably not intended. */
  readonly warnings: Fault[];
}

/**
 * Builds the values for a stack's settings and checks them against the pinned chart and the languages within them. If
 * settings have problems, as much as possible is still built and checked, so that all problems are reported at once.
 * `credentials` has the names of the receivers' credentials. The folder of custom rules is in `projectFolder`, which is
 * the working directory by default.
 */
export function releaseValues(
  settings: StackSettings,
  credentials: readonly string[],
  projectFolder?: string,
): ReleaseValues {
  const rules = alertingRules(settings, projectFolder);
  const ours = prometheusValues(settings, credentials, rules);
  const { override, findings, faults } = checkOverride(settings.values, ours);
  const values = withRemoteWrite(mergeValues(ours, override), ours.server.remoteWrite);
  const sources = { settings, rules, credentials, isOurs: !hasCustomTexts(settings) };
  const found = located(
    [...findings, ...replicaFindings(ours, values), ...checkValues(values, sources)],
    settings,
    rules,
  );
  return {
    values: { ...values, alertmanager: withConfig(values.alertmanager) },
    faults: [
      ...faults,
      ...tuningFaults(settings.rules.alerts),
      ...rules.faults,
      ...settingFaults(settings, rules),
      ...sharedCredential(settings.longTerm.credential, values.alertmanager?.config),
      ...found.errors,
    ],
    warnings: [...rules.warnings, ...found.warnings],
  };
}

/** The override's own remote writes, and the one to the engine, which they would replace. */
function withRemoteWrite(values: ChartValues, toEngine: ServerValues["remoteWrite"]): ChartValues {
  const all: unknown = values.server?.remoteWrite;
  if (toEngine === undefined || !Array.isArray(all) || isDeepStrictEqual(all, toEngine)) return values;
  return { ...values, server: { ...values.server, remoteWrite: [...(all as typeof toEngine), ...toEngine] } };
}

/** The engine's credential is mounted only by Prometheus, so no receiver can have it too. */
function sharedCredential(ofEngine: string | undefined, config: unknown): Fault[] {
  if (ofEngine === undefined || !credentialsIn(config).some(({ name }) => name === ofEngine)) return [];
  const sentence = `names ${JSON.stringify(ofEngine)}, which a receiver names too, and only Prometheus gets; set it once more under another name for the receiver.`;
  return [{ key: "alerting:longTerm.credential", sentence }];
}

/** The findings, each at the place where the user finds its cause. */
function located(findings: readonly Finding[], settings: StackSettings, rules: AlertingRules) {
  const locate = sourceLocation(settings, rules);
  const ofSeverity = (severity: Finding["severity"]) =>
    findings
      .filter((finding) => finding.severity === severity)
      .map(({ path, sentence }) => ({ ...locate(path), sentence: ended(sentence) }));
  const asFault = ({ key, sentence }: Fault): Fault => ({ key, sentence });
  return {
    errors: ofSeverity("error").map(asFault),
    // A built-in route that no alert reaches is not reported: a user's route may take every alert before it on purpose.
    warnings: ofSeverity("warning")
      .filter(({ isOurs }) => !isOurs)
      .map(asFault),
  };
}

/**
 * Starts to check the user's rules and configuration in the languages of Prometheus and Alertmanager, and does not wait
 * for the result. Returns whether there may be any.
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
