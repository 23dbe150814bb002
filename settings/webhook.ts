import type { Fault } from "../validation/faults";
import { checkSecretUrl, secretUrlFault } from "./secrets";
import type { SlackChannel } from "./sections/slack";

const key = "alerting:slackWebhookUrl";
const setIt = `pulumi config set --secret ${key}`;

/** The problem of a string that should be the URL of a Slack webhook, without the string; undefined if it is valid. */
export function webhookFault(url: string, setWith: string): string | undefined {
  if (beginsWorkflow(url)) {
    return `is the address of a workflow in Slack, which any request starts and which cannot show Alertmanager's messages; make an incoming webhook. Run \`${setWith}\`.`;
  }
  const words = { setIt: setWith, sent: "messages and the webhook itself", source: "webhook from Slack" };
  return secretUrlFault(url, words);
}

/** Whether a URL starts a workflow. Such URLs are on the same host as webhooks. */
function beginsWorkflow(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, pathname } = new URL(url);
  return /(^|\.)slack(-gov)?\.com$/i.test(hostname) && /^\/+(workflows|triggers)\//i.test(pathname);
}

/** Checks the URL of the Slack webhook. No error sentence contains the value. */
export function checkWebhook(value: string | undefined, isSecret: boolean): { url?: string; faults: Fault[] } {
  return checkSecretUrl(value, isSecret, {
    key,
    setIt,
    whenEmpty: `is not set. Make an incoming webhook in Slack, run \`${setIt}\`, and paste it there.`,
    renew: "make a new webhook in Slack",
    problemWith: (url) => webhookFault(url, setIt),
  });
}

/**
 * Problems of the credentials that are webhooks of additional Slack channels: one sentence for each credential, without
 * its value. The check of Alertmanager's configuration reports a missing one, as for any receiver.
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
    const sentence = `names the credential ${JSON.stringify(credential)}, which is not a Slack webhook: it ${wrong}`;
    return [{ key: `alerting:slack.channels[${at}].credential`, sentence }];
  });
}
