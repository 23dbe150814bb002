import type { Fault } from "../validation/faults";
import { checkSecretUrl, secretUrlFault } from "./secrets";

const key = "alerting:heartbeatUrl";
/** The command that sets the URL. */
export const setHeartbeatUrl = `pulumi config set --secret ${key}`;

/** The warning that a preview shows once if no heartbeat is set. */
export const noHeartbeatWarning = `${key}: is not set, so nobody outside the cluster notices when alerting itself stops: if the only master is lost, Prometheus and Alertmanager are lost with it, and no message can report that. Run \`${setHeartbeatUrl}\` with the URL of a service that expects a heartbeat (docs/heartbeat.md).`;

/**
 * Checks the optional URL of the heartbeat. No error sentence contains the value. `webhook` is the URL of Slack's
 * webhook, which cannot serve as heartbeat: it would get one more message a minute and would not notice a missing one.
 */
export function checkHeartbeatUrl(
  value: string | undefined,
  isSecret: boolean,
  webhook?: string,
): { url?: string; faults: Fault[] } {
  if (value === undefined) return { faults: [] };
  const words = { setIt: setHeartbeatUrl, sent: "the heartbeat's URL", source: "URL from the service" };
  const isSlack = (url: string) => url === webhook || /(^|\.)slack(-gov)?\.com$/i.test(new URL(url).hostname);
  return checkSecretUrl(value, isSecret, {
    key,
    setIt: setHeartbeatUrl,
    whenEmpty: `is empty. Run \`${setHeartbeatUrl}\`, and paste the URL there; or \`pulumi config rm ${key}\`, to have none.`,
    renew: "make a new one at the service",
    problemWith: (url) =>
      secretUrlFault(url, words) ??
      (isSlack(url)
        ? `is a webhook of Slack, which would show a message for every beat and would not notice when beats stop; set the URL of a service that expects them (docs/heartbeat.md). Run \`${setHeartbeatUrl}\`.`
        : undefined),
  });
}
