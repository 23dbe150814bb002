import { outsideText } from "../../conventions/outside-text";
import { channelReceiver, slackReceiver } from "../../values/slack-receivers";

/** What Alertmanager's word for a failure means, and what to do about it. */
export interface Explanation {
  readonly meaning: string;
  readonly remedy: string;
}

const look = "kubectl logs -n NAMESPACE prometheus-alertmanager-0 says what was answered";

/**
 * Explains the label `reason` of `alertmanager_notifications_failed_total`. The stack and the namespace go into the
 * commands, where they are known.
 */
export function explain(
  reason: string,
  at: {
    readonly stack?: string;
    readonly namespace?: string;
    readonly integration?: string;
    /** Where several were sent to, the first. Default: the default channel's. */
    readonly receiver?: string;
  } = {},
): Explanation {
  const stack = at.stack === undefined ? "" : ` --stack ${at.stack}`;
  const isSlack = at.integration === undefined || at.integration === "slack";
  const who = isSlack ? "Slack" : `the ${at.integration} receiver`;
  const key = isSlack ? "webhook" : "credential";
  const logs = look.replace("NAMESPACE", at.namespace ?? "<namespace>");
  const rotate = `Make a new ${key} and rotate it: ${commandFor(at.receiver)}${stack}, then pulumi up${stack}`;
  switch (reason) {
    case "authError":
      return {
        meaning: `${who} refuses the ${key} (401 or 403): it was revoked, or is another team's.`,
        remedy: rotate,
      };
    case "clientError":
      return {
        meaning: isSlack
          ? "Slack refuses the request (4xx): the webhook or its channel is gone (404 no_service, 410 channel_is_archived), or the message is not one."
          : `${who} refuses the request (4xx): its address or its credential is gone, or it does not take this message.`,
        remedy: `${rotate}; ${logs}`,
      };
    case "rateLimited":
      return {
        meaning: `${who} answers 429: more than about one message a second. Alertmanager tries again with the group's next turn.`,
        remedy: "Wait a minute and drill again; if it stays, group more or route less to this receiver",
      };
    case "serverError":
      return {
        meaning: `${who} answers with a fault of its own (5xx), also when tried again.`,
        remedy: isSlack ? "See Slack's status page, and drill again" : `Look at what ${who} is; ${logs}`,
      };
    case "contextDeadlineExceeded":
      return {
        meaning: `${who} gave no answer in time.`,
        remedy: `Look at the way out of the cluster: ${isSlack ? "alerting:slack.httpProxy, " : ""}DNS, network policies, NAT; ${logs}`,
      };
    case "contextCanceled":
      return {
        meaning: "Alertmanager ended the attempt itself: it was restarted, or its configuration reloaded.",
        remedy: "Drill again",
      };
    default:
      return {
        meaning: `the request failed on its way, or ${who} answered with something other than ok (Alertmanager's reason: ${outsideText(reason)}).`,
        remedy: `${logs}; DNS, TLS, a proxy and the answer's text come into question`,
      };
  }
}

/** The command that sets what a receiver of this program's posts with; of the user's own, which credential it is is theirs to know. */
function commandFor(receiver = slackReceiver): string {
  if (receiver === slackReceiver) return "pulumi config set --secret alerting:slackWebhookUrl";
  const prefix = channelReceiver("");
  const name = receiver.startsWith(prefix) ? receiver.slice(prefix.length) : "<the receiver's>";
  return `pulumi config set --secret --path alerting:credentials.${name}`;
}
