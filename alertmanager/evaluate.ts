import type { InhibitRule } from "./config";
import { matchesRegex } from "../prometheus/parsers/parsers";
import { type Matcher, parseMatchers } from "./matchers";
import { textsOf } from "./reading";
import type { Placed } from "./route-tree";

/** An alert, by its labels. */
export type Labels = Readonly<Record<string, string>>;

/** Whether a label of this value fulfills a matcher. A missing label is an empty one. */
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

/** Whether an alert fulfills all matchers. */
function fulfillsAll(labels: Labels, matchers: readonly Matcher[]): boolean {
  return matchers.every((matcher) => fulfills(labels[matcher.name] ?? "", matcher));
}

/** The routes that send an alert on, as Alertmanager chooses them. */
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

/** The matchers of an inhibition rule's side; one that cannot be read counts as none, which its own check reports. */
function matchersIn(texts: unknown): Matcher[] {
  return textsOf(texts).flatMap(({ text }) => {
    if (!read.has(text)) read.set(text, parseMatchers(text) ?? []);
    return read.get(text)!;
  });
}

/** Whether an alert is a source and a target of the same rule. */
export function isOnBothSides(rule: InhibitRule, labels: Labels): boolean {
  return [rule.source_matchers, rule.target_matchers].every((side) => fulfillsAll(labels, matchersIn(side)));
}

/** Whether an alert mutes another by a rule. */
export function inhibits(rule: InhibitRule, source: Labels, target: Labels): boolean {
  return (
    fulfillsAll(source, matchersIn(rule.source_matchers)) &&
    fulfillsAll(target, matchersIn(rule.target_matchers)) &&
    (rule.equal ?? []).every((label) => (source[label] ?? "") === (target[label] ?? "")) &&
    !(isOnBothSides(rule, target) && isOnBothSides(rule, source))
  );
}

/** The names of the rules by which an alert is muted while others fire. */
export function mutedBy(rules: readonly InhibitRule[], target: Labels, firing: readonly Labels[]): string[] {
  return rules
    .filter((rule) => firing.some((source) => inhibits(rule, source, target)))
    .map(({ name }) => name ?? "unnamed");
}
