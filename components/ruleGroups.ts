import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { RuleGroup } from "./chartValues";

const folder = join(__dirname, "..", "rules");

/**
 * The rule groups of every file under rules/, as written there but for the `for` of the alerts named in `durations`.
 * A duration for an alert that no file has is an error, because it would be ignored.
 */
export function ruleGroups(durations: Readonly<Record<string, string>>): RuleGroup[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .sort();
  const groups = files.flatMap(
    (file) => (parse(readFileSync(join(folder, file), "utf8")) as { groups: RuleGroup[] }).groups,
  );
  const alerts = new Set(groups.flatMap((group) => group.rules.map((rule) => rule.alert)));
  const stray = Object.keys(durations).filter((alert) => !alerts.has(alert));
  if (stray.length > 0) throw new Error(`No file under rules/ has the alert ${stray.join(", ")}.`);
  return groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => ({ ...rule, for: durations[rule.alert] ?? rule.for })),
  }));
}
