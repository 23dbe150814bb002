import type { InhibitRule } from "./config";
import { matchesRegex } from "../prometheus/parsers/parsers";
import { type Matcher, parseMatchers } from "./matchers";
import { textsOf } from "./reading";
import type { Placed } from "./route-tree";

/** The labels of an alert. */
export type Labels = Readonly<Record<string, string>>;

/** Whether a label with this value satisfies a matcher. A missing label counts as empty. */
export function fulfills(value: string, { operator, value: asked }: Matcher): boolean {
  switch (operator) {
    case "=":
      return value === asked;
    case "!=":
      return value !== asked;
    case "=~":
      return matchesRegex(asked, value);
    case "!~":
      return !matchesRegex(asked, value);
  }
}

/** Whether an alert satisfies all matchers. */
function fulfillsAll(labels: Labels, matchers: readonly Matcher[]): boolean {
  return matchers.every((matcher) => fulfills(labels[matcher.name] ?? "", matcher));
}

/** The routes that send an alert, chosen as Alertmanager chooses them. */
export function routesTaking(root: Placed, labels: Labels): Placed[] {
  if (!fulfillsAll(labels, root.matchers)) return [];
  const below: Placed[] = [];
  for (const child of root.children) {
    const taking = routesTaking(child, labels);
    below.push(...taking);
    if (taking.length > 0 && child.route.continue !== true) break;
  }
  return below.length > 0 ? below : [root];
}

const read = new Map<string, readonly Matcher[]>();

/** The matchers of one side of an inhibition rule. Unreadable matchers are ignored; another check reports them. */
function matchersIn(texts: unknown): Matcher[] {
  return textsOf(texts).flatMap(({ text }) => {
    if (!read.has(text)) read.set(text, parseMatchers(text) ?? []);
    return read.get(text)!;
  });
}

/** Whether an alert is both a source and a target of the same rule. */
export function isOnBothSides(rule: InhibitRule, labels: Labels): boolean {
  return [rule.source_matchers, rule.target_matchers].every((side) => fulfillsAll(labels, matchersIn(side)));
}

/** Whether a rule lets an alert mute another alert. */
export function inhibits(rule: InhibitRule, source: Labels, target: Labels): boolean {
  return (
    fulfillsAll(source, matchersIn(rule.source_matchers)) &&
    fulfillsAll(target, matchersIn(rule.target_matchers)) &&
    (rule.equal ?? []).every((label) => (source[label] ?? "") === (target[label] ?? "")) &&
    !(isOnBothSides(rule, target) && isOnBothSides(rule, source))
  );
}

/** The names of the rules that mute an alert while other alerts fire. */
export function mutedBy(rules: readonly InhibitRule[], target: Labels, firing: readonly Labels[]): string[] {
  return rules
    .filter((rule) => firing.some((source) => inhibits(rule, source, target)))
    .map(({ name }) => name ?? "unnamed");
}
