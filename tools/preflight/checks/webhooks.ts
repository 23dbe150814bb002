import type { Configuration } from "../../../config";
import { webhookFault } from "../../../settings/webhook";
import type { SecretText } from "../../stack/secret-text";
import { type Check, failed, skipped } from "../check";
import { askWebhook } from "../webhook/ask";
import { explainOutcome } from "../webhook/explain";
import { validSections } from "../../../settings/readable";

interface Webhooks {
  readonly configuration: Configuration;
  readonly webhook?: SecretText;
  readonly credentials: Readonly<Record<string, SecretText>>;
}

/** A check for the webhook, and one for each further channel's own. */
export function webhookChecks({ configuration, webhook, credentials }: Webhooks, timeoutMs?: number): Check[] {
  const { slack } = validSections(configuration);
  const check = (name: string, secret: SecretText | undefined, key: string, path = false): Check => ({
    name,
    async run(signal) {
      if (secret === undefined) return [skipped(`${key} could not be read, as the configuration's check says.`)];
      if (slack === undefined) return [skipped("alerting:slack, which may name a proxy, could not be read.")];
      const { httpProxy: proxy } = slack;
      const url = secret.reveal();
      const setIt = `pulumi config set --secret ${path ? "--path " : ""}${key}`;
      // What the configuration's check refuses is not asked: in clear it would be told, and a workflow would begin.
      const wrong = webhookFault(url, setIt);
      if (wrong !== undefined) return [failed(`was not asked: ${key} ${wrong}`)];
      const outcome = await askWebhook(url, {
        signal,
        ...(proxy !== undefined && { proxy }),
        ...(timeoutMs !== undefined && { timeoutMs }),
      });
      return [explainOutcome(outcome, { host: new URL(url).host, setIt })];
    },
  });
  return [
    check("webhook", webhook, "alerting:slackWebhookUrl"),
    ...channelsOf(configuration).map(({ channel, credential }) =>
      check(`webhook of ${channel}`, credentials[credential], `alerting:credentials.${credential}`, true),
    ),
  ];
}

/** Further channels, each with the name of the credential that is its webhook; one of a name is asked once. */
function channelsOf({ settings }: Configuration) {
  const channels = settings.slack?.channels ?? [];
  return channels.filter(
    (one, index) => channels.findIndex(({ credential }) => credential === one.credential) === index,
  );
}
