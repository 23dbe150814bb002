import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { RuleGroup } from "./chartValues";

const folder = join(__dirname, "..", "rules");

/** The rule groups of every file under rules/, with the durations of {@link withDurations}. */
export function ruleGroups(durations: Readonly<Record<string, string>>): RuleGroup[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .sort();
  const groups = files.flatMap(
    (file) => (parse(readFileSync(join(folder, file), "utf8")) as { groups: RuleGroup[] }).groups,
  );
  return withDurations(groups, durations);
}

/**
 * The groups as they are, but for the `for` of the alerts named in `durations`. A duration for an alert that no group
 * has is an error, because it would be ignored.
 */
export function withDurations(groups: readonly RuleGroup[], durations: Readonly<Record<string, string>>): RuleGroup[] {
  const alerts = new Set(groups.flatMap((group) => group.rules.map((rule) => rule.alert)));
  const stray = Object.keys(durations).filter((alert) => !alerts.has(alert));
  if (stray.length > 0) throw new Error(`No file under rules/ has the alert ${stray.join(", ")}.`);
  return groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => {
      const duration = durations[rule.alert];
      return duration === undefined ? rule : { ...rule, for: duration };
    }),
  }));
}
