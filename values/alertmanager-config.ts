import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AlertmanagerConfig, InhibitRule, Receiver, Route, TimeInterval } from "../alertmanager/config";
import type { StackSettings } from "../settings/stack-settings";
import { ownInhibitRules, type SetSeverities } from "./alertmanager-inhibition";
import { ownRouteReceivers, ownRoutes, rootRoute, type RoutesArgs } from "./alertmanager-routes";
import { heartbeatReceiver } from "./heartbeat-receiver";
import { entries, type OwnEntry } from "./own-entry";
import { quietInterval } from "./quiet-hours";
import { slackReceivers, type SlackReceiversArgs, webhookDirectory, webhookKey } from "./slack-receivers";
import { projectRoot } from "../conventions/project-root";

export interface AlertmanagerConfigArgs extends SlackReceiversArgs, RoutesArgs {
  /** Severities of our alerts that are others than in their files. Default: none. */
  readonly severities?: SetSeverities;
  /** The user's own, added to ours. */
  readonly receivers: readonly Receiver[];
  readonly routes: readonly Route[];
  readonly inhibitRules: readonly InhibitRule[];
  readonly timeIntervals: readonly TimeInterval[];
}

/** The arguments for a stack's settings. Lists of the user's are checked later, so until then their types are a claim. */
export function alertmanagerArgs({ alerts, slack, heartbeat, ...settings }: StackSettings): AlertmanagerConfigArgs {
  const { receivers, routes, inhibitRules, timeIntervals } = settings.alertmanager;
  const lists = { receivers, routes, inhibitRules, timeIntervals } as unknown as AlertmanagerConfigArgs;
  return {
    channel: slack.channel,
    channels: slack.channels,
    httpProxy: slack.httpProxy,
    groupWait: alerts.groupWait,
    groupInterval: alerts.groupInterval,
    repeatInterval: alerts.repeatInterval,
    criticalRepeatInterval: alerts.criticalRepeatInterval,
    quietHours: alerts.quietHours,
    ...(settings.heartbeatIsSet && { heartbeat }),
    severities: setSeverities(settings.rules.alerts),
    receivers: lists.receivers,
    routes: lists.routes,
    inhibitRules: lists.inhibitRules,
    timeIntervals: lists.timeIntervals,
  };
}

/** Severities that the settings change, by the alert's name. */
export function setSeverities(alerts: StackSettings["rules"]["alerts"]): SetSeverities {
  return Object.fromEntries(
    Object.entries(alerts).flatMap(([name, { severity }]) => (severity === undefined ? [] : [[name, severity]])),
  );
}

/** What stands in each list besides the user's own: before it, and after it. */
export interface OwnEntries {
  readonly receivers: readonly OwnEntry<Receiver>[];
  readonly routes: ReturnType<typeof ownRoutes>;
  readonly inhibitRules: readonly OwnEntry<InhibitRule>[];
  readonly timeIntervals: readonly OwnEntry<TimeInterval>[];
}

/** This program's part of the lists. */
export function ownEntries(args: AlertmanagerConfigArgs): OwnEntries {
  return {
    receivers: [
      ...slackReceivers(args),
      ...(args.heartbeat ? [heartbeatReceiver(args.heartbeat)] : []),
      ...ownRouteReceivers(),
    ],
    routes: ownRoutes(args),
    inhibitRules: ownInhibitRules(args.severities),
    timeIntervals: args.quietHours ? [quietInterval(args.quietHours)] : [],
  };
}

/**
 * Alertmanager's configuration: ours, and the user's own. Receivers and routes are set together, because Helm would merge
 * a route of ours with the chart's, which names a receiver that our list does not have.
 * Keys that would be empty are left out, so that the first of the user's is the only line in a diff.
 */
export function alertmanagerConfig(args: AlertmanagerConfigArgs): AlertmanagerConfig {
  const own = ownEntries(args);
  const timeIntervals = [...entries(own.timeIntervals), ...args.timeIntervals];
  return {
    // Read anew for every message, so that a rotated webhook needs no restart.
    global: { slack_api_url_file: `${webhookDirectory}/${webhookKey}` },
    templates: ["/etc/alertmanager/*.tmpl"],
    receivers: [...entries(own.receivers), ...args.receivers],
    route: {
      ...rootRoute(args),
      routes: [...entries(own.routes.before), ...args.routes, ...entries(own.routes.after)],
    },
    inhibit_rules: [...entries(own.inhibitRules), ...args.inhibitRules],
    ...(timeIntervals.length > 0 && { time_intervals: timeIntervals }),
  };
}

/** The message templates, by file name, as Alertmanager reads them. */
export function messageTemplates(): Record<string, string> {
  return { "slack.tmpl": readFileSync(join(projectRoot, "values", "slack.tmpl"), "utf8") };
}
