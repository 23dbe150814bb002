import type { Fault } from "../validation/faults";
import { secretUrlFault } from "./secret-url";

const key = "alerting:heartbeatUrl";
/** The command that sets the URL. */
export const setHeartbeatUrl = `pulumi config set --secret ${key}`;

/** Told once by a preview where no heartbeat is set. */
export const noHeartbeatWarning = `${key}: is not set, so nobody outside the cluster notices when alerting itself stops: with the loss of the only master Prometheus and Alertmanager are gone together, and no message can tell of it. Run \`${setHeartbeatUrl}\` with the URL of a service that expects a sign of life (docs/heartbeat.md).`;

/**
 * Checks the URL of the heartbeat, which need not be set; no sentence holds the value. `webhook` is Slack's, which would
 * be another message a minute and would miss none of them.
 */
export function checkHeartbeatUrl(
  value: string | undefined,
  isSecret: boolean,
  webhook?: string,
): { url?: string; faults: Fault[] } {
  if (value === undefined) return { faults: [] };
  const fault = (sentence: string) => ({ faults: [{ key, sentence }] });
  const url = value.trim();
  if (!url) {
    return fault(
      `is empty. Run \`${setHeartbeatUrl}\`, and paste the URL there; or \`pulumi config rm ${key}\`, to have none.`,
    );
  }
  if (!isSecret) {
    return fault(
      `is set in clear, so it stands in the stack's file for all to read. Run \`${setHeartbeatUrl}\`, and make a new one at the service if the file was ever shared.`,
    );
  }
  const words = { setIt: setHeartbeatUrl, sent: "the heartbeat's URL", source: "URL from the service" };
  const wrong = secretUrlFault(url, words);
  if (wrong !== undefined) return fault(wrong);
  if (url === webhook || /(^|\.)slack(-gov)?\.com$/i.test(new URL(url).hostname)) {
    return fault(
      `is a webhook of Slack, which would be sent a message at every beat and says nothing when they end; set the URL of a service that expects them (docs/heartbeat.md). Run \`${setHeartbeatUrl}\`.`,
    );
  }
  return { url, faults: [] };
}
