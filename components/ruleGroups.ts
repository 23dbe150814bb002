import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { PrometheusDuration } from "../configuration/durations";
import type { RuleGroup } from "../prometheus/ruleGroups";

const folder = join(__dirname, "..", "rules");

/** A rule group, and the file under rules/ that it stands in. */
export interface OwnRuleGroup {
  readonly file: string;
  readonly group: RuleGroup;
}

/** The rule groups of every file under rules/, with the durations of {@link withDurations}. */
export function ownRuleGroups(durations: Readonly<Record<string, PrometheusDuration>>): OwnRuleGroup[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .sort();
  const found = files.flatMap((file) =>
    (parse(readFileSync(join(folder, file), "utf8")) as { groups: RuleGroup[] }).groups.map((group) => ({
      file: `rules/${file}`,
      group,
    })),
  );
  const groups = withDurations(
    found.map(({ group }) => group),
    durations,
  );
  return found.map(({ file }, index) => ({ file, group: groups[index]! }));
}

/** The rule groups of {@link ownRuleGroups}, as Prometheus reads them. */
export function ruleGroups(durations: Readonly<Record<string, PrometheusDuration>>): RuleGroup[] {
  return ownRuleGroups(durations).map(({ group }) => group);
}

/**
 * The groups as they are, but for the `for` of the alerts named in `durations`. A duration for an alert that no group
 * has is an error, because it would be ignored.
 */
export function withDurations(
  groups: readonly RuleGroup[],
  durations: Readonly<Record<string, PrometheusDuration>>,
): RuleGroup[] {
  const alerts = new Set(groups.flatMap((group) => group.rules.map((rule) => ("alert" in rule ? rule.alert : ""))));
  const stray = Object.keys(durations).filter((alert) => !alerts.has(alert));
  if (stray.length > 0) throw new Error(`No file under rules/ has the alert ${stray.join(", ")}.`);
  return groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => {
      if (!("alert" in rule)) return rule;
      const duration = durations[rule.alert];
      return duration === undefined ? rule : { ...rule, for: duration };
    }),
  }));
}
