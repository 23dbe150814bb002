import type { SlackConfig } from "../alertmanager/config";

/** The part of an entry of `slack_configs` that says what a message looks like. */
export type SlackMessageFields = Pick<
  SlackConfig,
  "title" | "title_link" | "text" | "color" | "fallback" | "footer" | "mrkdwn_in"
>;

/** What every Slack receiver's messages look like; values/slack.tmpl defines the templates. */
export function slackMessage(): SlackMessageFields {
  return {
    title: named("title"),
    title_link: named("titleLink"),
    text: named("text"),
    color: named("color"),
    fallback: named("fallback"),
    footer: named("footer"),
    // Unless set, Alertmanager has the fallback read as marked up too, which telephones show as it is.
    mrkdwn_in: ["text"],
    // No `link_names`: with it, Slack would turn "@channel" in a label into a mention of everybody.
  };
}

const named = (field: string) => `{{ template "alerting.slack.${field}" . }}`;
