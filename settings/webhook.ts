import type { Fault } from "../validation/faults";
import { secretUrlFault } from "./secret-url";

const key = "alerting:slackWebhookUrl";
const setIt = `pulumi config set --secret ${key}`;

/** What is wrong with a text as the URL of a Slack webhook; the sentence holds no value. */
export function webhookFault(url: string, setWith: string): string | undefined {
  if (beginsWorkflow(url)) {
    return `is the address of a workflow in Slack, which any request begins and which cannot show Alertmanager's messages; make an incoming webhook. Run \`${setWith}\`.`;
  }
  const words = { setIt: setWith, sent: "messages and the webhook itself", source: "webhook from Slack" };
  return secretUrlFault(url, words);
}

/** Slack gives such addresses on the same host as webhooks. */
function beginsWorkflow(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, pathname } = new URL(url);
  return /(^|\.)slack(-gov)?\.com$/i.test(hostname) && /^\/+(workflows|triggers)\//i.test(pathname);
}

/** Checks the Slack webhook's URL; no sentence holds the value. */
export function checkWebhook(value: string | undefined, isSecret: boolean): { url?: string; faults: Fault[] } {
  const fault = (sentence: string) => ({ faults: [{ key, sentence }] });
  const url = value?.trim();
  if (!url) return fault(`is not set. Make an incoming webhook in Slack, run \`${setIt}\`, and paste it there.`);
  if (!isSecret) {
    return fault(
      `is set in clear, so it stands in the stack's file for all to read. Run \`${setIt}\`, and make a new webhook in Slack if the file was ever shared.`,
    );
  }
  const wrong = webhookFault(url, setIt);
  return wrong === undefined ? { url, faults: [] } : fault(wrong);
}
