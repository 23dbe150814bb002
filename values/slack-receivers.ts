import type { Receiver } from "../alertmanager/config";
import type { FileReference } from "../alertmanager/credentials";
import type { StackSettings } from "../settings/stack-settings";
import type { BuiltInEntry } from "./built-in-entry";
import { slackMessage } from "./slack-message";

/** The Secret that holds the webhook. Fixed, so that a new value reaches the mounted file without a restart. */
export const webhookSecret = "alertmanager-slack";
/** Where the Secret with the webhook is mounted: a separate directory, because /etc/alertmanager is the chart's ConfigMap. */
export const webhookDirectory = "/etc/alertmanager-secrets/slack";
/** The Secret's key, and so the file's name. */
export const webhookKey = "webhook-url";

/** The receiver that every alert reaches unless another route takes it. */
export const slackReceiver = "slack";

/** The receiver of a further channel, by the name of the credential that is its webhook. */
export const channelReceiver = (credential: string) => `slack-${credential}`;

/** The Slack receivers, one a webhook. Each has exactly one entry, because every entry would be a separate message. */
export function slackReceivers({ channel, channels, httpProxy }: StackSettings["slack"]): BuiltInEntry<Receiver>[] {
  const receiver = (name: string, to: string, webhook?: FileReference): Receiver => ({
    name,
    slack_configs: [
      {
        // The default channel's webhook is the global one.
        ...(webhook !== undefined && { api_url_file: webhook }),
        channel: to,
        send_resolved: true,
        ...slackMessage(),
        ...(httpProxy !== undefined && { http_config: { proxy_url: httpProxy } }),
      },
    ],
  });
  const further = channels.flatMap(({ channel: to, credential }, at) => {
    const first = channels.findIndex((one) => one.credential === credential);
    if (first !== at) return [];
    const entry = receiver(channelReceiver(credential), to, { credential });
    return [{ entry, at: `alerting:slack.channels[${at}].credential` }];
  });
  return [{ entry: receiver(slackReceiver, channel), at: "the Slack receiver" }, ...further];
}
