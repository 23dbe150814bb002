import type { Configuration } from "../../../config";
import { webhookFault } from "../../../settings/webhook";
import type { SecretText } from "../../stack/secret-text";
import { validSections } from "../../../settings/readable";
import { type Check, failed, skipped } from "../../shared/check-result";
import { HttpFailure, send } from "../../shared/http";
import { explainAnswer } from "../webhook/explain";
import { explainNetworkError } from "../network-errors";

interface Webhooks {
  readonly configuration: Configuration;
  readonly webhook?: SecretText;
  readonly credentials: Readonly<Record<string, SecretText>>;
}

/** Slack checks the webhook first and then refuses this message because it has no text, so nothing is posted. */
const refusedBody = "{}";

/** A check for the webhook, and one for each further channel's webhook. */
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
      // A webhook that the configuration's check refuses is not called: it would be sent unencrypted, or start a
      // workflow.
      const wrong = webhookFault(url, setIt);
      if (wrong !== undefined) return [failed(`was not asked: ${key} ${wrong}`)];
      try {
        // Redirects are not followed: the message would go to their target.
        const answer = await send(url, {
          method: "POST",
          body: refusedBody,
          onlyBytes: 1024,
          proxy,
          timeoutMs,
          signal,
        });
        return [explainAnswer(answer, { host: new URL(url).host, setIt })];
      } catch (error) {
        if (!(error instanceof HttpFailure)) throw error;
        return [explainNetworkError(error.code, error.host, error.atProxy)];
      }
    },
  });
  return [
    check("webhook", webhook, "alerting:slackWebhookUrl"),
    ...channelsOf(configuration).map(({ channel, credential }) =>
      check(`webhook of ${channel}`, credentials[credential], `alerting:credentials.${credential}`, true),
    ),
  ];
}

/** Further channels, each with the name of its webhook's credential; a credential that occurs twice is checked once. */
function channelsOf({ settings }: Configuration) {
  const channels = settings.slack?.channels ?? [];
  return channels.filter(
    (one, index) => channels.findIndex(({ credential }) => credential === one.credential) === index,
  );
}
