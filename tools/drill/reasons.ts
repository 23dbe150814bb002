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
  const known: Readonly<Record<string, readonly [meaning: string, remedy: string]>> = {
    authError: [`${who} refuses the ${key} (401 or 403): it was revoked, or belongs to another team.`, rotate],
    clientError: [
      isSlack
        ? "Slack refuses the request (4xx): the webhook or its channel is gone (404 no_service, 410 channel_is_archived), or the message is malformed."
        : `${who} refuses the request (4xx): its address or its credential is gone, or it does not accept this message.`,
      `${rotate}; ${logs}`,
    ],
    rateLimited: [
      `${who} answers 429: more than about one message a second. Alertmanager tries again after the group interval.`,
      "Wait a minute and drill again; if it stays, group more or route less to this receiver",
    ],
    serverError: [
      `${who} answers with an error of its own (5xx), also when tried again.`,
      isSlack ? "See Slack's status page, and drill again" : `Check ${who}; ${logs}`,
    ],
    contextDeadlineExceeded: [
      `${who} gave no answer in time.`,
      `Check the way out of the cluster: ${isSlack ? "alerting:slack.httpProxy, " : ""}DNS, network policies, NAT; ${logs}`,
    ],
    contextCanceled: [
      "Alertmanager ended the attempt itself: it was restarted, or its configuration reloaded.",
      "Drill again",
    ],
  };
  const [meaning, remedy] = known[reason] ?? [
    `the request failed on its way, or ${who} answered with something other than ok (Alertmanager's reason: ${outsideText(reason)}).`,
    `${logs}; check DNS, TLS, the proxy and the text of the answer`,
  ];
  return { meaning, remedy };
}

/** The command that sets the credential of one of this program's receivers; which one a custom receiver uses is not known. */
function commandFor(receiver = slackReceiver): string {
  if (receiver === slackReceiver) return "pulumi config set --secret alerting:slackWebhookUrl";
  const prefix = channelReceiver("");
  const name = receiver.startsWith(prefix) ? receiver.slice(prefix.length) : "<the receiver's>";
  return `pulumi config set --secret --path alerting:credentials.${name}`;
}
