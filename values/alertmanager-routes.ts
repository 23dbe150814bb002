import type { Receiver, Route } from "../alertmanager/config";
import type { StackSettings } from "../settings/stack-settings";
import { severitiesOf, type SlackChannel } from "../settings/sections/slack";
import { heartbeatRoute, watchdogAlert } from "./heartbeat-receiver";
import type { BuiltInEntry } from "./built-in-entry";
import { quietHoursInterval, quietSeverities } from "./quiet-hours";
import { channelReceiver, slackReceiver } from "./slack-receivers";

/** The synthetic alert of a drill, with which a team tests that messages arrive. */
export const drillAlert = "AlertingDrill";

/**
 * The alert that combines two signs of a dead node (alerts/rules/instances.yaml). It mutes other alerts and is not
 * sent.
 */
export const nodeInhibitor = "NodeInhibitor";

/**
 * The alert that Alertmanager gave up on a notification. Any receiver may be the cause, so the alert must not go to
 * only one route.
 */
const failingAlert = "NotificationsFailing";

/** A receiver that sends nothing. */
const nowhere: Receiver = { name: "nowhere" };

type Alerts = StackSettings["alerts"];

/** Built-in routes before and after the user's routes. */
export interface BuiltInRoutes {
  readonly before: readonly BuiltInEntry<Route>[];
  readonly after: readonly BuiltInEntry<Route>[];
}

/** The defaults of all routes: one message for all firing instances of one alert in one cluster. */
export function rootRoute({ groupWait, groupInterval, repeatInterval }: Alerts): Route {
  return {
    receiver: slackReceiver,
    group_by: ["alertname", "cluster"],
    group_wait: groupWait,
    group_interval: groupInterval,
    repeat_interval: repeatInterval,
  };
}

/**
 * The routes below the root. The route of drills is before the user's routes, because a drill has to test the default
 * channel at any hour. The route of the Watchdog is there too if there is a heartbeat. Without a heartbeat the program
 * loads no Watchdog; a Watchdog of the user that no route of the user takes is not sent, because Slack would get it
 * every few hours.
 *
 * The alert that notifications fail goes to the default channel at any hour, and also to every other route that takes
 * it: each of the two ways may be the failing one.
 */
export function builtInRoutes({
  alerts,
  availability,
  heartbeat,
  heartbeatIsSet,
  slack,
}: StackSettings): BuiltInRoutes {
  const { criticalRepeatInterval: repeat } = alerts;
  const drill: Route = { receiver: slackReceiver, matchers: [`alertname="${drillAlert}"`, 'drill="true"'] };
  const unsent = (alert: string): Route => ({ receiver: nowhere.name, matchers: [`alertname="${alert}"`] });
  const failing: Route = {
    receiver: slackReceiver,
    matchers: [`alertname="${failingAlert}"`],
    ...(repeat !== undefined && { repeat_interval: repeat }),
    continue: true,
  };
  return {
    before: [
      ...(heartbeatIsSet ? [heartbeatRoute(heartbeat, availability)] : []),
      { entry: unsent(nodeInhibitor), at: `${nodeInhibitor}'s route` },
      { entry: drill, at: "the drill's route" },
      { entry: failing, at: `${failingAlert}'s route` },
    ],
    after: [
      ...(heartbeatIsSet ? [] : [{ entry: unsent(watchdogAlert), at: "the Watchdog's route" }]),
      ...slack.channels.map((channel, at) => ({
        entry: channelRoute(channel, alerts),
        at: `alerting:slack.channels[${at}]`,
      })),
      ...bySeverity(alerts).map((entry) => ({ entry, at: "the routes by severity" })),
    ],
  };
}

/** Receivers that only the built-in routes name. */
export function builtInRouteReceivers(): BuiltInEntry<Receiver>[] {
  return [{ entry: nowhere, at: "the receiver that sends nothing" }];
}

const oneOf = (severities: readonly string[]) =>
  severities.length === 1 ? `severity="${severities[0]}"` : `severity=~"${severities.join("|")}"`;

type SeverityRules = readonly { readonly severities: readonly string[]; readonly what: Route }[];

/** The parts of a route that differ by severity. */
function severityRules({ criticalRepeatInterval, quietHours }: Alerts): SeverityRules {
  return [
    ...(criticalRepeatInterval === undefined
      ? []
      : [{ severities: ["critical"], what: { repeat_interval: criticalRepeatInterval } }]),
    ...(quietHours === undefined
      ? []
      : [{ severities: quietSeverities, what: { mute_time_intervals: [quietHoursInterval] } }]),
  ];
}

/**
 * The routes of the default channel by severity. They leave out the alert that notifications fail, which has its own
 * route.
 */
function bySeverity(alerts: Alerts): Route[] {
  const others = `alertname!="${failingAlert}"`;
  return severityRules(alerts).map(({ severities, what }) => ({ matchers: [oneOf(severities), others], ...what }));
}

/**
 * The route to an additional channel. As in the default channel, critical alerts are repeated sooner, and the other
 * alerts have quiet hours.
 */
function channelRoute(channel: SlackChannel, alerts: Alerts): Route {
  const { credential, team } = channel;
  const asked: readonly string[] | undefined = severitiesOf(channel);
  const route: Route = {
    receiver: channelReceiver(credential),
    matchers: [
      ...(asked === undefined ? [] : [oneOf(asked)]),
      ...(team === undefined ? [] : [`team=${JSON.stringify(team)}`]),
    ],
  };
  const applied = severityRules(alerts).flatMap(({ severities, what }) => {
    const here = asked === undefined ? severities : severities.filter((one) => asked.includes(one));
    return here.length === 0 ? [] : [{ severities: here, what }];
  });
  const [only] = applied;
  // If one rule covers every severity of this channel, no sub-route is needed.
  if (only !== undefined && asked?.length === only.severities.length) return { ...route, ...only.what };
  const routes = applied.map(({ severities, what }) => ({ matchers: [oneOf(severities)], ...what }));
  return { ...route, ...(routes.length > 0 && { routes }) };
}
