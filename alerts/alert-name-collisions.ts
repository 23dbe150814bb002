import { error, type Finding, warning } from "../validation/finding";
import type { AlertingRules } from "./alerting-rules";
import { isMap } from "../validation/plain-data";

/**
 * Reports custom alerts with the name of a built-in alert: nobody could distinguish the two, and the settings for that
 * name affect only the built-in one. For rules in `alerting:rules.groups` this is only a warning, because they may be
 * older than the built-in alert.
 */
export function alertNameCollisions({ groups, own }: AlertingRules): Finding[] {
  const names = new Set(own);
  return groups.flatMap(({ group, origin }, index) => {
    if (origin === "program" || !isMap(group) || !Array.isArray(group["rules"])) return [];
    const found = origin === "folder" ? error : warning;
    return (group["rules"] as unknown[]).flatMap((rule, at) => {
      const name = isMap(rule) ? rule["alert"] : undefined;
      if (typeof name !== "string" || !names.has(name)) return [];
      const sentence = `is ${name}, which is the name of a built-in alert; give it another name, or disable the built-in one: alerting:rules.alerts.${name}.enabled: false.`;
      return [found([index, "rules", at, "alert"], sentence)];
    });
  });
}
