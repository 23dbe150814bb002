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
  at: { readonly stack?: string; readonly namespace?: string; readonly integration?: string } = {},
): Explanation {
  const stack = at.stack === undefined ? "" : ` --stack ${at.stack}`;
  const who = at.integration === undefined || at.integration === "slack" ? "Slack" : `the ${at.integration} receiver`;
  const logs = look.replace("NAMESPACE", at.namespace ?? "<namespace>");
  const rotate = `Make a new webhook and rotate it: pulumi config set --secret alerting:slackWebhookUrl${stack}, then pulumi up${stack}`;
  switch (reason) {
    case "authError":
      return {
        meaning: `${who} refuses the webhook (401 or 403): it was revoked, or is another team's.`,
        remedy: rotate,
      };
    case "clientError":
      return {
        meaning: `${who} refuses the request (4xx): the webhook or its channel is gone (404 no_service, 410 channel_is_archived), or the message is not one.`,
        remedy: `${rotate}; ${logs}`,
      };
    case "rateLimited":
      return {
        meaning: `${who} answers 429: more than about one message a second. Alertmanager tries again with the group's next turn.`,
        remedy: "Wait a minute and drill again; if it stays, group more or route less to this webhook",
      };
    case "serverError":
      return {
        meaning: `${who} answers with a fault of its own (5xx), also when tried again.`,
        remedy: "See Slack's status page, and drill again",
      };
    case "contextDeadlineExceeded":
      return {
        meaning: `${who} gave no answer in time.`,
        remedy: `Look at the way out of the cluster: alerting:slack.httpProxy, DNS, network policies, NAT; ${logs}`,
      };
    case "contextCanceled":
      return {
        meaning: "Alertmanager ended the attempt itself: it was restarted, or its configuration reloaded.",
        remedy: "Drill again",
      };
    default:
      return {
        meaning: `the request failed on its way, or ${who} answered with something other than ok (Alertmanager's reason: ${reason}).`,
        remedy: `${logs}; DNS, TLS, a proxy and the answer's text come into question`,
      };
  }
}
