import { alertingRules, type PlacedRuleGroup } from "../../alerts/alerting-rules";
import { checkRuleGroups, enabledFeatures } from "../../prometheus/check-rules";
import { type CliOptions, StackUnreadable } from "./cli";
import { readPlainSettings, withSections } from "./configuration";

/** The rules of a stack as this checkout would apply them, all of which Prometheus accepts. */
export interface StackRules {
  readonly groups: readonly PlacedRuleGroup[];
  /** The features that Prometheus has enabled, such as experimental functions. */
  readonly features: readonly string[];
  /** The folder of custom rules, relative to the project's; undefined if the stack has none. */
  readonly folder?: string;
  /** How long Prometheus keeps samples, such as `15d`. */
  readonly retention: string;
}

/** The sections of the settings from which the rules follow. */
const needed = ["alerts", "availability", "heartbeat", "prometheus", "rules", "values"] as const;

/**
 * Reads the rules of a stack: the built-in ones as its settings change them, those of its folder, and those of its
 * settings. Decrypts nothing. Throws {@link StackUnreadable} with every problem of the rules.
 */
export async function readStackRules(
  stack: string,
  options: CliOptions = {},
  settingsRead = readPlainSettings(stack, options),
): Promise<StackRules> {
  const settings = withSections(stack, await settingsRead, needed);
  const { groups, faults } = alertingRules(settings, options.cwd);
  const features = enabledFeatures(settings.values);
  const builtIn = new Set<unknown>(groups.filter(({ origin }) => origin === "program").map(({ group }) => group));
  const refused = checkRuleGroups(
    groups.map(({ group }) => group),
    { features, isShipped: (group) => builtIn.has(group) },
  ).filter(({ severity }) => severity === "error");
  const problems = [
    ...faults.map(({ key, sentence }) => `${key}: ${sentence}`),
    ...refused.map(({ path: [group, ...inside], sentence }) => {
      const place = groups[Number(group)]?.placeOf(inside);
      return `${place ?? "alerting:rules"}: ${sentence}`;
    }),
  ];
  if (problems.length > 0) {
    const lines = problems.map((line) => `\n  - ${line}`).join("");
    throw new StackUnreadable(`the rules of the stack "${stack}" have problems; fix them first:${lines}`);
  }
  const { folder } = settings.rules;
  return { groups, features, ...(folder !== undefined && { folder }), retention: settings.prometheus.retention };
}
