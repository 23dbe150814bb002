import type { Receiver } from "../alertmanager/config";
import type { FileReference } from "../alertmanager/credentials";
import type { StackSettings } from "../settings/stack-settings";
import type { BuiltInEntry } from "./built-in-entry";
import { slackMessage } from "./slack-message";

/**
 * The Secret that holds the webhook. Its name is fixed, so that a new value reaches the mounted file without a restart.
 */
export const webhookSecret = "alertmanager-slack";
/**
 * The directory in which the Secret with the webhook is mounted. It is a separate directory, because /etc/alertmanager
 * contains the chart's ConfigMap.
 */
export const webhookDirectory = "/etc/alertmanager-secrets/slack";
/** The key within the Secret, which is also the name of the file. */
export const webhookKey = "webhook-url";

/** The receiver of all alerts that no other route takes. */
export const slackReceiver = "slack";

/** The receiver of an additional channel, named after the credential that is its webhook. */
export const channelReceiver = (credential: string) => `slack-${credential}`;

/**
 * The Slack receivers, one for each webhook. Each has exactly one entry, because every entry sends a separate message.
 */
export function slackReceivers({ channel, channels, httpProxy }: StackSettings["slack"]): BuiltInEntry<Receiver>[] {
  const receiver = (name: string, to: string, webhook?: FileReference): Receiver => ({
    name,
    slack_configs: [
      {
        // The default channel uses the global webhook.
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
