import type { Receiver, Route } from "../alertmanager/config";
import type { StackSettings } from "../settings/stack-settings";
import { severitiesOf, type SlackChannel } from "../settings/sections/slack";
import { heartbeatRoute, watchdogAlert } from "./heartbeat-receiver";
import type { BuiltInEntry } from "./built-in-entry";
import { quietHoursInterval, quietSeverities } from "./quiet-hours";
import { channelReceiver, slackReceiver } from "./slack-receivers";

/** The synthetic alert of a drill, by which a team sees that messages arrive. */
export const drillAlert = "AlertingDrill";

/** The alert that carries two signs of a dead node (rules/instances.yaml). It mutes others, and is not sent. */
export const nodeInhibitor = "NodeInhibitor";

/** A notification that was given up. It may be about any receiver, so it must not go to only one route. */
const failingAlert = "NotificationsFailing";

/** A receiver that sends nothing. */
const nowhere: Receiver = { name: "nowhere" };

type Alerts = StackSettings["alerts"];

/** Routes around the user's own, which stand between them. */
export interface BuiltInRoutes {
  readonly before: readonly BuiltInEntry<Route>[];
  readonly after: readonly BuiltInEntry<Route>[];
}

/** What every route has unless it says otherwise: one message for all that one alert says of one cluster. */
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
 * The routes below the root. A drill comes before the user's own, because it has to show at any hour that the default
 * channel is reached; so does the Watchdog where there is a heartbeat. Without one the program loads no Watchdog, and
 * one of the user's that none of their routes takes is not sent: Slack would get it every few hours, for ever.
 *
 * The alert that notifications fail goes to the default channel at any hour, and on to every other route that takes
 * it: either way may be the one that fails.
 */
export function builtInRoutes({ alerts, heartbeat, heartbeatIsSet, slack }: StackSettings): BuiltInRoutes {
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
      ...(heartbeatIsSet ? [heartbeatRoute(heartbeat)] : []),
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

/** Receivers that only the routes here name. */
export function builtInRouteReceivers(): BuiltInEntry<Receiver>[] {
  return [{ entry: nowhere, at: "the receiver that sends nothing" }];
}

const oneOf = (severities: readonly string[]) =>
  severities.length === 1 ? `severity="${severities[0]}"` : `severity=~"${severities.join("|")}"`;

type SeverityRules = readonly { readonly severities: readonly string[]; readonly what: Route }[];

/** In what alerts of some severities differ from the rest. */
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

/** The default channel has what says that notifications fail already. */
function bySeverity(alerts: Alerts): Route[] {
  const others = `alertname!="${failingAlert}"`;
  return severityRules(alerts).map(({ severities, what }) => ({ matchers: [oneOf(severities), others], ...what }));
}

/**
 * The route to one further channel. Among what it takes, critical alerts are repeated sooner and the rest has quiet hours,
 * as elsewhere.
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
  // Where all that comes here is alike, no route below it is needed.
  if (only !== undefined && asked?.length === only.severities.length) return { ...route, ...only.what };
  const routes = applied.map(({ severities, what }) => ({ matchers: [oneOf(severities)], ...what }));
  return { ...route, ...(routes.length > 0 && { routes }) };
}
