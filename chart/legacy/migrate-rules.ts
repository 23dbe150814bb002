import { catalog, builtInRuleGroups } from "../../alerts/catalog";
import { milliseconds } from "../../validation/durations";
import { shown } from "../../validation/faults";
import type { Migration } from "./migration";
import { type KeyPath, mapsIn, yamlText } from "./key-paths";
import { isMap, listOf, plainData, type PlainMap, valueAt } from "../../validation/plain-data";

/** The names of the built-in groups and alerts. */
function own(): { groups: Set<string>; alerts: Set<string> } {
  return {
    groups: new Set(builtInRuleGroups().map(({ group }) => group.name)),
    alerts: new Set(catalog().map(({ name }) => name)),
  };
}

/**
 * Migrates the rule groups of a file to `alerting:rules.groups`. The file may contain groups, a map of lists of rules
 * by service, a list of rules, or a YAML string. A rule that equals a built-in alert becomes a setting for that alert.
 */
export function ruleGroupsOf(file: unknown, migration: Migration, path: KeyPath): PlainMap[] {
  const groups = groupsIn(file, migration, path);
  const mine = own();
  const taken = new Set([
    ...mine.groups,
    ...mapsIn(valueAt(migration.settings, ["rules", "groups"])).map(({ name }) => String(name)),
  ]);
  const kept = groups.flatMap((group) => {
    const rules = listOf(group.rules).filter((rule) => !isOurs(rule, mine.alerts, migration, path));
    if (rules.length === 0 && listOf(group.rules).length > 0) return [];
    const name = freeName(typeof group.name === "string" ? group.name : nameOf(path), taken);
    if (name !== group.name)
      migration.drop(
        path,
        `the group ${JSON.stringify(group.name)} is called ${JSON.stringify(name)} now, because its name is taken`,
      );
    return [{ ...group, name, rules }];
  });
  migration.add("rules.groups", kept);
  return groups;
}

/** The groups of a file; anything else in it is reported. */
function groupsIn(given: unknown, migration: Migration, path: KeyPath): PlainMap[] {
  const file = plainData(typeof given === "string" ? yamlText(given) : given).copy;
  const none = (key: string, reason: string) => migration.drop(key === "" ? path : [...path, key], reason);
  if (Array.isArray(file)) {
    const strange = file.filter((item) => !isMap(item)).length;
    if (strange > 0) none("", `${strange} of its entries are not maps, and so not rules`);
    const maps = mapsIn(file);
    // A list of groups, or of rules without a group.
    if (maps.length === 0 || maps.some((item) => "rules" in item)) return maps;
    return [{ name: nameOf(path), rules: maps }];
  }
  if (!isMap(file)) {
    if (given !== undefined && given !== null && given !== "")
      none("", "holds no rules in YAML (the language of Prometheus 1 is not YAML); write them as groups");
    return [];
  }
  if (file.groups !== undefined && file.groups !== null) {
    for (const key of Object.keys(file).filter((one) => one !== "groups")) none(key, "does not belong in a rule file");
    return groupsIn(file.groups, migration, path);
  }
  return Object.entries(file).flatMap(([name, rules]) => {
    if (Array.isArray(rules) && mapsIn(rules).every((rule) => "expr" in rule))
      return rules.length > 0 ? [{ name, rules }] : [];
    if (isMap(rules) && "groups" in rules) return groupsIn(rules, migration, [...path, name]);
    if (rules !== null && rules !== undefined) none(name, "holds no rules");
    return [];
  });
}

const nameOf = (path: KeyPath) => (path.at(-1) ?? "rules").replace(/\.ya?ml$/, "");

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}-${n}`;
  taken.add(free);
  return free;
}

/** Whether a rule equals a built-in alert. Its `for` becomes a setting. */
function isOurs(rule: unknown, alerts: ReadonlySet<string>, migration: Migration, path: KeyPath): boolean {
  if (!isMap(rule) || typeof rule.alert !== "string" || !alerts.has(rule.alert)) return false;
  const plain = typeof rule.expr === "string" && /^\(?\s*up\s*==\s*0\s*\)?$/.test(rule.expr.trim());
  if (rule.alert !== "InstanceDown" || !plain) return false;
  const wait = rule.for;
  if (typeof wait === "string" && (milliseconds(wait) ?? 0) > 0) migration.set("alerts.instanceDownFor", wait, path);
  else if (wait !== undefined) migration.drop(path, `for: ${shown(wait)} of InstanceDown is not a duration above zero`);
  migration.drop(
    path,
    "InstanceDown is a rule of this program; alerting:alerts.instanceDownFor is its `for`, its labels and texts are in alerts/rules/instances.yaml",
  );
  return true;
}
