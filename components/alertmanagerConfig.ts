import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AlertmanagerConfig } from "./chartValues";

/** Where the Secret with the webhook is mounted: a directory of its own, because /etc/alertmanager is the chart's ConfigMap. */
export const webhookDirectory = "/etc/alertmanager-secrets/slack";
/** The Secret's key, and so the file's name. */
export const webhookKey = "webhook-url";

const receiver = "slack";

export interface AlertmanagerConfigArgs {
  /** The Slack channel, with its `#`. */
  readonly channel: string;
  /** An HTTP proxy on the way to Slack. Default: none. */
  readonly httpProxy?: string;
  readonly groupWait: string;
  readonly groupInterval: string;
  readonly repeatInterval: string;
}

/**
 * Alertmanager's configuration: one route to one Slack receiver. The two are set together, because Helm would merge a
 * route of ours with the chart's, which names a receiver that our list does not have.
 */
export function alertmanagerConfig(args: AlertmanagerConfigArgs): AlertmanagerConfig {
  return {
    // Read anew for every message, so that a rotated webhook needs no restart.
    global: { slack_api_url_file: `${webhookDirectory}/${webhookKey}` },
    templates: ["/etc/alertmanager/*.tmpl"],
    receivers: [
      {
        name: receiver,
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
    ],
    route: {
      receiver,
      group_by: ["alertname", "cluster"],
      group_wait: args.groupWait,
      group_interval: args.groupInterval,
      repeat_interval: args.repeatInterval,
    },
  };
}

/** The message templates, by file name, as Alertmanager reads them. */
export function messageTemplates(): Record<string, string> {
  return { "slack.tmpl": readFileSync(join(__dirname, "..", "templates", "slack.tmpl"), "utf8") };
}
