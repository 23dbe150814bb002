import { isDeepStrictEqual } from "node:util";
import { foreignAlerts } from "../alerts/foreign-alerts";
import { type KnownAlert, knownAlerts } from "../alerts/known-alerts";
import type { InhibitRule } from "../alertmanager/config";
import { type Labels, mutedBy } from "../alertmanager/evaluate";
import { builtInInhibitRules, sameThing } from "./alertmanager-inhibition";
import { entries } from "./built-in-entry";

/** Two alerts about the same object, as far as both have labels that identify it. */
export interface AlertPair {
  readonly source: KnownAlert;
  readonly target: KnownAlert;
  readonly sourceLabels: Labels;
  readonly targetLabels: Labels;
}

const isFixed = ({ labels }: KnownAlert, name: string) => Object.hasOwn(labels, name);

/** Every pair of built-in alerts and of typical user alerts, with as many equal labels as possible. */
export function alertPairs(): AlertPair[] {
  const alerts = [...knownAlerts(), ...foreignAlerts];
  return alerts.flatMap((target) => {
    const things = sameThing.filter((name) => !isFixed(target, name) && target.mayHave(name));
    const targetLabels = { ...Object.fromEntries(things.map((name) => [name, `some-${name}`])), ...target.labels };
    return alerts.flatMap((source) => {
      const shared = Object.entries(targetLabels).filter(([name]) => !isFixed(source, name) && source.mayHave(name));
      const sourceLabels = { ...Object.fromEntries(shared), ...source.labels };
      return isDeepStrictEqual(sourceLabels, targetLabels) ? [] : [{ source, target, sourceLabels, targetLabels }];
    });
  });
}

/** Whether the source of a pair mutes its target. */
export function isMuted({ sourceLabels, targetLabels }: AlertPair, rules: readonly InhibitRule[]): boolean {
  return mutedBy(rules, targetLabels, [sourceLabels]).length > 0;
}

/** A Markdown table of the alerts that mute others, followed by the alerts that nothing mutes. */
export function mutingTable(): string {
  const rules = entries(builtInInhibitRules({ alertmanagers: 3, prometheus: 2 }));
  const sources = new Map<string, string[]>();
  for (const pair of alertPairs()) {
    const { target, source } = pair;
    const muting = sources.get(target.title) ?? [];
    sources.set(target.title, isMuted(pair, rules) ? [...muting, source.title] : muting);
  }
  const all = [...sources];
  const rows = all.flatMap(([title, muting]) => (muting.length === 0 ? [] : [[title, muting.join(", ")]]));
  const never = all.flatMap(([title, muting]) => (muting.length === 0 ? [title] : []));
  const table = [["this alert", "is not sent while one of these fires"], ["---", "---"], ...rows];
  return `${table.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n\nNothing mutes ${never.join(", ")}.`;
}
