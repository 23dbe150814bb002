import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AlertmanagerConfig, InhibitRule, Receiver, Route, TimeInterval } from "../alertmanager/config";
import type { PrometheusDuration } from "../configuration/durations";

/** The Secret that holds the webhook. Fixed, so that a new value reaches the mounted file without a restart. */
export const webhookSecret = "alertmanager-slack";
/** Where the Secret with the webhook is mounted: a directory of its own, because /etc/alertmanager is the chart's ConfigMap. */
export const webhookDirectory = "/etc/alertmanager-secrets/slack";
/** The Secret's key, and so the file's name. */
export const webhookKey = "webhook-url";

/** The receiver that every alert reaches unless a route of the user's takes it. */
export const slackReceiver = "slack";

export interface AlertmanagerConfigArgs {
  /** The Slack channel, with its `#`. */
  readonly channel: string;
  /** An HTTP proxy on the way to Slack. Default: none. */
  readonly httpProxy?: string;
  readonly groupWait: PrometheusDuration;
  readonly groupInterval: PrometheusDuration;
  readonly repeatInterval: PrometheusDuration;
  /** The user's own, added to ours. */
  readonly receivers: readonly Receiver[];
  readonly routes: readonly Route[];
  readonly inhibitRules: readonly InhibitRule[];
  readonly timeIntervals: readonly TimeInterval[];
}

/**
 * Alertmanager's configuration: one route to one Slack receiver, before it the user's own. The two are set together,
 * because Helm would merge a route of ours with the chart's, which names a receiver that our list does not have.
 * Keys that would be empty are left out, so that the first of the user's is the only line in a diff.
 */
export function alertmanagerConfig(args: AlertmanagerConfigArgs): AlertmanagerConfig {
  return {
    // Read anew for every message, so that a rotated webhook needs no restart.
    global: { slack_api_url_file: `${webhookDirectory}/${webhookKey}` },
    templates: ["/etc/alertmanager/*.tmpl"],
    receivers: [
      {
        name: slackReceiver,
        slack_configs: [
          {
            channel: args.channel,
            send_resolved: true,
            title: '{{ template "alerting.slack.title" . }}',
            text: '{{ template "alerting.slack.text" . }}',
            color: '{{ template "alerting.slack.color" . }}',
            fallback: '{{ template "alerting.slack.title" . }}',
            ...(args.httpProxy !== undefined && { http_config: { proxy_url: args.httpProxy } }),
          },
        ],
      },
      ...args.receivers,
    ],
    route: {
      receiver: slackReceiver,
      group_by: ["alertname", "cluster"],
      group_wait: args.groupWait,
      group_interval: args.groupInterval,
      repeat_interval: args.repeatInterval,
      ...(args.routes.length > 0 && { routes: [...args.routes] }),
    },
    ...(args.inhibitRules.length > 0 && { inhibit_rules: [...args.inhibitRules] }),
    ...(args.timeIntervals.length > 0 && { time_intervals: [...args.timeIntervals] }),
  };
}

/** The message templates, by file name, as Alertmanager reads them. */
export function messageTemplates(): Record<string, string> {
  return { "slack.tmpl": readFileSync(join(__dirname, "..", "templates", "slack.tmpl"), "utf8") };
}
