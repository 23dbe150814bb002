import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AlertmanagerConfig, InhibitRule, Receiver, Route, TimeInterval } from "../alertmanager/config";
import type { StackSettings } from "../settings/stack-settings";
import { builtInInhibitRules, type SetSeverities } from "./alertmanager-inhibition";
import { builtInRouteReceivers, builtInRoutes, rootRoute } from "./alertmanager-routes";
import { heartbeatReceiver } from "./heartbeat-receiver";
import { entries, type BuiltInEntry } from "./built-in-entry";
import { quietInterval } from "./quiet-hours";
import { slackReceivers, webhookDirectory, webhookKey } from "./slack-receivers";
import { projectRoot } from "../conventions/project-root";

/** The severities that settings give to built-in alerts, by name of the alert. */
export function setSeverities(alerts: StackSettings["rules"]["alerts"]): SetSeverities {
  return Object.fromEntries(
    Object.entries(alerts).flatMap(([name, { severity }]) => (severity === undefined ? [] : [[name, severity]])),
  );
}

interface CustomLists {
  readonly receivers: readonly Receiver[];
  readonly routes: readonly Route[];
  readonly inhibitRules: readonly InhibitRule[];
  readonly timeIntervals: readonly TimeInterval[];
}

/** Built-in entries of each list, before and after the user's entries. */
export interface BuiltInEntries {
  readonly receivers: readonly BuiltInEntry<Receiver>[];
  readonly routes: ReturnType<typeof builtInRoutes>;
  readonly inhibitRules: readonly BuiltInEntry<InhibitRule>[];
  readonly timeIntervals: readonly BuiltInEntry<TimeInterval>[];
}

/** The built-in entries of the lists. */
export function builtInEntries(settings: StackSettings): BuiltInEntries {
  const { alerts, availability, heartbeat, heartbeatIsSet, rules, slack } = settings;
  return {
    receivers: [
      ...slackReceivers(slack),
      ...(heartbeatIsSet ? [heartbeatReceiver(heartbeat)] : []),
      ...builtInRouteReceivers(),
    ],
    routes: builtInRoutes(settings),
    inhibitRules: builtInInhibitRules(availability, setSeverities(rules.alerts)),
    timeIntervals: alerts.quietHours ? [quietInterval(alerts.quietHours)] : [],
  };
}

/**
 * Alertmanager's configuration: the built-in part and the user's. Receivers and routes are always set together:
 * otherwise Helm would merge a built-in route with the chart's default route, which names a receiver that does not
 * exist here. Empty keys are left out, so that a user's first entry is the only line of a diff.
 */
export function alertmanagerConfig(settings: StackSettings): AlertmanagerConfig {
  const builtIn = builtInEntries(settings);
  // The user's lists are checked later; until then their types are only assumed.
  const custom = settings.alertmanager as unknown as CustomLists;
  const timeIntervals = [...entries(builtIn.timeIntervals), ...custom.timeIntervals];
  return {
    // Alertmanager reads the file for every message, so a rotated webhook needs no restart.
    global: { slack_api_url_file: `${webhookDirectory}/${webhookKey}` },
    templates: ["/etc/alertmanager/*.tmpl"],
    receivers: [...entries(builtIn.receivers), ...custom.receivers],
    route: {
      ...rootRoute(settings.alerts),
      routes: [...entries(builtIn.routes.before), ...custom.routes, ...entries(builtIn.routes.after)],
    },
    inhibit_rules: [...entries(builtIn.inhibitRules), ...custom.inhibitRules],
    ...(timeIntervals.length > 0 && { time_intervals: timeIntervals }),
  };
}

/** The message templates by file name, in Alertmanager's syntax. */
export function messageTemplates(): Record<string, string> {
  return { "slack.tmpl": readFileSync(join(projectRoot, "values", "slack.tmpl"), "utf8") };
}
