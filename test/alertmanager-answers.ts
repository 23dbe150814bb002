import type { AlertmanagerConfig, InhibitRule, Route } from "../alertmanager/config";
import { type Matcher, parseMatchers } from "../alertmanager/matchers";

/** An alert, by its labels. */
export type Labels = Readonly<Record<string, string>>;

/** What a route says to the alerts that it takes, what it has from those above included. */
export type Taken = Omit<Route, "routes" | "matchers">;

function fulfils({ name, operator, value }: Matcher, labels: Labels): boolean {
  const label = labels[name] ?? "";
  const matches = operator.endsWith("~") ? new RegExp(`^(?:${value})$`, "s").test(label) : label === value;
  return operator.startsWith("!") ? !matches : matches;
}

const read = new Map<string, readonly Matcher[]>();

function matchersOf(text: string): readonly Matcher[] {
  if (!read.has(text)) read.set(text, parseMatchers(text)!);
  return read.get(text)!;
}

function all(matchers: readonly string[] | undefined, labels: Labels): boolean {
  return (matchers ?? []).every((text) => matchersOf(text).every((one) => fulfils(one, labels)));
}

/** Whether an alert is a source and a target of the same rule. */
export function isOnBothSides(
  { source_matchers: source, target_matchers: target }: InhibitRule,
  labels: Labels,
): boolean {
  return all(source, labels) && all(target, labels);
}

/** The routes that take an alert, as Alertmanager chooses them. Times of muteness are not handed down, as there. */
export function routesFor({ route: root }: AlertmanagerConfig, labels: Labels): Taken[] {
  const visit = (route: Route, above: Taken): Taken[] => {
    const { routes = [], matchers, ...own } = route;
    if (!all(matchers, labels)) return [];
    const here: Taken = { ...above, ...own };
    const below: Taken[] = [];
    for (const child of routes) {
      const taken = visit(child, { ...here, mute_time_intervals: undefined });
      below.push(...taken);
      if (taken.length > 0 && child.continue !== true) break;
    }
    return below.length > 0 ? below : [here];
  };
  return visit(root, {});
}

/** The one route that takes an alert. */
export function routeFor(config: AlertmanagerConfig, labels: Labels): Taken {
  const [taken, ...more] = routesFor(config, labels);
  if (taken === undefined || more.length > 0) throw new Error(`${JSON.stringify(labels)} has not one route`);
  return taken;
}

/** Which inhibition rules mute an alert while the others fire. */
export function mutedBy(config: AlertmanagerConfig, target: Labels, firing: readonly Labels[]): string[] {
  return (config.inhibit_rules ?? [])
    .filter(({ source_matchers: source, target_matchers: targets, equal = [] }) => {
      if (!all(targets, target)) return false;
      const bothSides = all(source, target);
      return firing.some(
        (one) =>
          all(source, one) &&
          equal.every((label) => (one[label] ?? "") === (target[label] ?? "")) &&
          !(bothSides && all(targets, one)),
      );
    })
    .map(({ name }) => name ?? "unnamed");
}

/** What is told of alerts that fire together. */
export function told(config: AlertmanagerConfig, firing: readonly Labels[]): Labels[] {
  return firing.filter((one) => mutedBy(config, one, firing).length === 0);
}
