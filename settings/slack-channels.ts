import type { Fault } from "../validation/faults";
import type { SlackChannel } from "./sections/slack";
import { webhookFault } from "./webhook";

/**
 * What is wrong with the credentials that are the webhooks of further Slack channels: one sentence a credential, without
 * its value. Of one that is not set, the check of Alertmanager's configuration tells, as of any receiver's.
 */
export function channelFaults(
  channels: readonly SlackChannel[],
  credentials: Readonly<Record<string, string>>,
): Fault[] {
  const told = new Set<string>();
  return channels.flatMap(({ credential }, at) => {
    const value = Object.hasOwn(credentials, credential) ? credentials[credential] : undefined;
    if (value === undefined || told.has(credential)) return [];
    told.add(credential);
    const wrong = webhookFault(value, `pulumi config set --secret --path alerting:credentials.${credential}`);
    if (wrong === undefined) return [];
    return [
      {
        key: `alerting:slack.channels[${at}].credential`,
        sentence: `names the credential ${JSON.stringify(credential)}, which is no Slack webhook: it ${wrong}`,
      },
    ];
  });
}
