import { fulfills, type Labels, routesTaking } from "../../alertmanager/evaluate";
import { matchesRegex } from "../../prometheus/parsers/parsers";
import type { Matcher } from "../../alertmanager/matchers";
import { everyRoute, type Placed } from "../../alertmanager/route-tree";
import { mayBeMuted, receiverOf } from "./routing";

/** The maximum number of label sets that are tried for one route. */
const triedAtMost = 500;

interface Wish {
  readonly receiver: string;
  /** The alert's labels unless a route requires other values. */
  readonly base: Labels;
  /** Labels that must not change. */
  readonly fixed: Labels;
  /** Values that a label may take in addition to those that routes name, the best first. */
  readonly further: Readonly<Record<string, readonly string[]>>;
}

/**
 * Finds labels with which an alert reaches a receiver, perhaps among others: if possible by a route that no time
 * interval mutes. Undefined if no such labels are found.
 */
export function labelsTo(root: Placed, wish: Wish): Labels | undefined {
  const all = everyRoute(root);
  const goals = all.filter((route) => receiverOf(route) === wish.receiver);
  const values = valuesOf(all, wish);
  for (const quiet of [false, true]) {
    const reached = (labels: Labels) =>
      routesTaking(root, labels).some((one) => receiverOf(one) === wish.receiver && (quiet || !mayBeMuted(one)));
    for (const goal of goals) {
      const found = search(root, goal, { ...wish, values, reached });
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

interface Search extends Wish {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly reached: (labels: Labels) => boolean;
}

/** Starts with the labels that the route requires, and changes them one by one while another route takes the alert. */
function search(root: Placed, goal: Placed, { base, fixed, values, reached }: Search): Labels | undefined {
  const suits = (name: string, value: string) =>
    goal.effective.every((one) => one.name !== name || fulfills(value, one));
  const choices = (name: string) =>
    (name in fixed ? [fixed[name]!] : (values.get(name) ?? [])).filter((value) => suits(name, value));
  const start: Record<string, string> = { ...base, ...fixed };
  for (const { name } of goal.effective) {
    if (suits(name, start[name] ?? "")) continue;
    const [value] = choices(name);
    if (value === undefined) return undefined;
    start[name] = value;
  }
  const waiting: Labels[] = [start];
  const seen = new Set<string>();
  for (let labels = waiting.shift(); labels !== undefined && seen.size < triedAtMost; labels = waiting.shift()) {
    const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    if (seen.has(key)) continue;
    seen.add(key);
    if (reached(labels)) return withoutEmpty(labels);
    for (const matcher of routesTaking(root, labels).flatMap(({ effective }) => effective)) {
      for (const value of choices(matcher.name)) {
        if (!fulfills(value, matcher)) waiting.push({ ...labels, [matcher.name]: value });
      }
    }
  }
  return undefined;
}

/**
 * The values to try for each label that a route matches: the alert's own, those named in routes, another value, or
 * none.
 */
function valuesOf(routes: readonly Placed[], { base, further }: Wish): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const { name, operator, value } of routes.flatMap(({ matchers }) => matchers)) {
    const known = values.get(name) ?? [...(name in base ? [base[name]!] : []), ...(further[name] ?? [])];
    values.set(name, [...known, ...(operator.endsWith("~") ? examplesOf(value) : [value])]);
  }
  // An alert without a name is not displayed properly anywhere.
  for (const [name, some] of values)
    values.set(name, [...new Set([...some, "drill", ...(name === "alertname" ? [] : [""])])]);
  return values;
}

/** Some values that a regular expression matches; none for an unusual form. */
function examplesOf(pattern: Matcher["value"]): string[] {
  const bare = pattern.replace(/^\^/, "").replace(/\$$/, "");
  const inner = /^\((?:\?:)?([^()]*)\)$/.exec(bare)?.[1] ?? bare;
  return inner
    .split("|")
    .map((one) => one.replaceAll(/(?<!\\)\.[*+]\??/g, "drill").replaceAll(/\\(\W)/g, "$1"))
    .filter((value) => matchesRegex(pattern, value));
}

function withoutEmpty(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));
}
