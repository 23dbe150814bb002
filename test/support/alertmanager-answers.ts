import type { AlertmanagerConfig, Route } from "../../alertmanager/config";
import * as evaluate from "../../alertmanager/evaluate";
import { inherited, routeTree } from "../../alertmanager/route-tree";

export type { Labels } from "../../alertmanager/evaluate";
export { isOnBothSides } from "../../alertmanager/evaluate";

/** The settings of a route, including the inherited ones. */
export type Taken = Omit<Route, "routes" | "matchers">;

const handedDown = ["receiver", "group_by", "group_wait", "group_interval", "repeat_interval"] as const;

/** The routes that Alertmanager chooses for an alert. Mute times are not inherited, as in Alertmanager. */
export function routesFor(config: AlertmanagerConfig, labels: evaluate.Labels): Taken[] {
  return evaluate.routesTaking(routeTree(config), labels).map((placed) => ({
    ...Object.fromEntries(handedDown.map((key) => [key, inherited(placed, key)])),
    mute_time_intervals: (placed.route as Route).mute_time_intervals,
  }));
}

/** The route that matches an alert; an error if there are several. */
export function routeFor(config: AlertmanagerConfig, labels: evaluate.Labels): Taken {
  const [taken, ...more] = routesFor(config, labels);
  if (taken === undefined || more.length > 0) throw new Error(`${JSON.stringify(labels)} has not one route`);
  return taken;
}

/** The inhibition rules that mute an alert while the other alerts fire. */
export function mutedBy(
  config: AlertmanagerConfig,
  target: evaluate.Labels,
  firing: readonly evaluate.Labels[],
): string[] {
  return evaluate.mutedBy(config.inhibit_rules ?? [], target, firing);
}

/** The alerts about which Alertmanager sends notifications if these alerts fire together. */
export function told(config: AlertmanagerConfig, firing: readonly evaluate.Labels[]): evaluate.Labels[] {
  return firing.filter((one) => mutedBy(config, one, firing).length === 0);
}
