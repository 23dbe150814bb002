import { failed, type CheckResult, ok, warning } from "../../shared/check-result";
import type { HttpAnswer } from "../../shared/http";

/** The webhook, and how to replace it. */
export interface Webhook {
  /** The webhook's server. */
  readonly host: string;
  /** The command that sets it. */
  readonly setIt: string;
}

/** Answers to a message without content that show that a webhook works. */
const refusedForContent = ["no_text", "invalid_payload", "missing_text_or_fallback_or_attachments", "invalid_blocks"];

/** Slack's error codes, explained as a sentence and what to do. */
const known: Readonly<Record<string, (webhook: Webhook) => readonly [what: string, todo: string]>> = {
  invalid_token: newOne("its token is not valid: it was revoked, or is not the whole webhook"),
  no_service: newOne("it was removed or switched off"),
  no_service_id: newOne("it is not the whole webhook"),
  no_active_hooks: newOne("incoming webhooks are switched off for its app"),
  no_team: newOne("its workspace is gone, or the app was removed from it"),
  team_disabled: newOne("its workspace was switched off"),
  channel_not_found: newOne("its channel is gone, or private now without the app in it"),
  channel_is_archived: ({ setIt }) => [
    "its channel is archived",
    `Unarchive the channel in Slack, or create a webhook for another one and run \`${setIt}\`.`,
  ],
  user_not_found: newOne("the person that it writes to is gone"),
  action_prohibited: ({ setIt }) => [
    "the workspace does not let it post",
    `Ask an administrator of the workspace to allow it, or create a webhook for another channel and run \`${setIt}\`.`,
  ],
  posting_to_general_channel_denied: ({ setIt }) => [
    "it may not post to the workspace's general channel",
    `Create a webhook for another channel, and run \`${setIt}\`.`,
  ],
};

function newOne(why: string): (webhook: Webhook) => readonly [string, string] {
  return ({ setIt }) => [why, `Create a new webhook in Slack, run \`${setIt}\`, paste it there, and \`pulumi up\`.`];
}

/** What a webhook's answer to a message without content says about the webhook. */
export function explainAnswer(answer: HttpAnswer, webhook: Webhook): CheckResult {
  const { status, text, redirectsTo, isFromProxy } = answer;
  const { host, setIt } = webhook;
  if (isFromProxy) {
    return failed(
      `the proxy of alerting:slack.httpProxy does not allow this request to ${host} (${status}).`,
      "Allow that host in the proxy; one that asks for a password cannot be used, because its URL is kept in plain text.",
    );
  }
  const word = /^[a-z][a-z_]{1,60}$/.exec(text.trim())?.[0];
  const said = `${host} answered ${status}${word ? ` ${word}` : ""}`;
  if (status === 400 && word !== undefined && refusedForContent.includes(word)) {
    return ok(`works: ${host} refused a message without content (400 ${word}), so nothing was posted.`);
  }
  if (status >= 300 && status < 400) {
    return failed(
      `${said}: a redirect${redirectsTo ? ` to ${redirectsTo.host}` : ""}, which was not followed. Slack's webhooks have none.`,
      `Is there a proxy or a sign-in page in between? If not, run \`${setIt}\` with the webhook as Slack shows it.`,
    );
  }
  if (status === 429) {
    return warning(
      `${said}: it accepts no more messages for now, so it is unknown whether the webhook works.`,
      "Wait a minute and run this again; if it persists, find out who else posts with it.",
    );
  }
  if (status >= 500) {
    return warning(
      `${said}: the server has a problem, so it is unknown whether the webhook works.`,
      "Run this again later; https://slack-status.com reports Slack's outages.",
    );
  }
  const explained = word === undefined ? undefined : known[word]?.(webhook);
  if (explained) return failed(`${said}: ${explained[0]}.`, explained[1]);
  if (status >= 200 && status < 300) {
    return warning(
      `${said}${word === "ok" ? "" : ", but not in Slack's words"}: it accepted a message without content, which Slack refuses.`,
      "Is it a Slack webhook, or a proxy's page? The drill shows whether messages arrive.",
    );
  }
  if (status === 400) {
    return warning(
      `${said}, which is not one of Slack's answers to a message without content.`,
      "If it is not a Slack webhook, the drill shows whether messages arrive.",
    );
  }
  return failed(
    `${said}, so Alertmanager's messages would be refused as well.`,
    `Create a new webhook in Slack, and run \`${setIt}\`.`,
  );
}
