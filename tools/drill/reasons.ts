import { outsideText } from "../../conventions/outside-text";
import { channelReceiver, slackReceiver } from "../../values/slack-receivers";

/** The meaning of Alertmanager's reason for a failure, and what to do about it. */
export interface Explanation {
  readonly meaning: string;
  readonly remedy: string;
}

const look = "kubectl logs -n NAMESPACE -l app.kubernetes.io/name=alertmanager --prefix --tail=50 shows the answer";

/**
 * Explains the label `reason` of `alertmanager_notifications_failed_total`. The stack and the namespace are inserted
 * into the commands if they are known.
 */
export function explain(
  reason: string,
  at: {
    readonly stack?: string;
    readonly namespace?: string;
    readonly integration?: string;
    /** The receiver; the first one if there were several. Default: the default channel's. */
    readonly receiver?: string;
  } = {},
): Explanation {
  const stack = at.stack === undefined ? "" : ` --stack ${at.stack}`;
  const isSlack = at.integration === undefined || at.integration === "slack";
  const who = isSlack ? "Slack" : `the ${at.integration} receiver`;
  const key = isSlack ? "webhook" : "credential";
  const logs = look.replace("NAMESPACE", at.namespace ?? "<namespace>");
  const rotate = `Make a new ${key} and rotate it: ${commandFor(at.receiver)}${stack}, then pulumi up${stack}`;
  const known: Readonly<Record<string, readonly [meaning: string, remedy: string]>> = {
    authError: [`${who} refuses the ${key} (401 or 403): it was revoked, or belongs to another team.`, rotate],
    clientError: [
      isSlack
        ? "Slack refuses the request (4xx): the webhook or its channel is gone (404 no_service, 410 channel_is_archived), or the message is malformed."
        : `${who} refuses the request (4xx): its address or its credential is gone, or it does not accept this message.`,
      `${rotate}; ${logs}`,
    ],
    rateLimited: [
      `${who} answers 429: more than about one message a second. Alertmanager retries after the group interval.`,
      "Wait a minute and drill again; if it persists, group more alerts, or route fewer to this receiver",
    ],
    serverError: [
      `${who} answers with a server error (5xx), even after retries.`,
      isSlack ? "See Slack's status page, and drill again" : `Check ${who}; ${logs}`,
    ],
    contextDeadlineExceeded: [
      `${who} gave no answer in time.`,
      `Check the connection from the cluster to the internet: ${isSlack ? "alerting:slack.httpProxy, " : ""}DNS, network policies, NAT; ${logs}`,
    ],
    contextCanceled: [
      "Alertmanager ended the attempt itself: it was restarted, or its configuration reloaded.",
      "Drill again",
    ],
  };
  const [meaning, remedy] = known[reason] ?? [
    `the request failed on the network, or ${who} did not answer with ok (Alertmanager's reason: ${outsideText(reason)}).`,
    `${logs}; check DNS, TLS, the proxy and the text of the answer`,
  ];
  return { meaning, remedy };
}

/** The command that sets a receiver's credential; which credential a custom receiver uses is unknown. */
function commandFor(receiver = slackReceiver): string {
  if (receiver === slackReceiver) return "pulumi config set --secret alerting:slackWebhookUrl";
  const prefix = channelReceiver("");
  const name = receiver.startsWith(prefix) ? receiver.slice(prefix.length) : "<the receiver's>";
  return `pulumi config set --secret --path alerting:credentials.${name}`;
}
