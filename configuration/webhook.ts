import type { Fault } from "./faults";

const key = "alerting:slackWebhookUrl";
const setIt = `pulumi config set --secret ${key}`;

/**
 * Checks the Slack webhook's URL; no sentence holds the value.
 * https is demanded, but for a receiver on this machine's own loopback.
 */
export function checkWebhook(value: string | undefined, isSecret: boolean): { url?: string; faults: Fault[] } {
  const fault = (sentence: string) => ({ faults: [{ key, sentence }] });
  const url = value?.trim();
  if (!url) return fault(`is not set. Make an incoming webhook in Slack, run \`${setIt}\`, and paste it there.`);
  if (!isSecret) {
    return fault(
      `is set in clear, so it stands in the stack's file for all to read. Run \`${setIt}\`, and make a new webhook in Slack if the file was ever shared.`,
    );
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    return fault(
      `is not a URL (the value is a secret and not shown); accepted is https://<host>/<path>. Run \`${setIt}\`.`,
    );
  }
  const loopback = ["127.0.0.1", "localhost", "[::1]"].includes(parsed.hostname);
  if (parsed.protocol !== "https:" && !loopback) {
    return fault(
      `begins with http://, which would send messages and the webhook itself in clear; accepted is https://. Run \`${setIt}\`.`,
    );
  }
  if (parsed.pathname === "/" || /\s/.test(url)) {
    return fault(
      `has no path, or white space inside (the value is a secret and not shown); copy the whole webhook from Slack. Run \`${setIt}\`.`,
    );
  }
  return { url, faults: [] };
}
