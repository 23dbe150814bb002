import type { SlackConfig } from "../alertmanager/config";

/** The fields of an entry of `slack_configs` that define the look of a message. */
export type SlackMessageFields = Pick<
  SlackConfig,
  "title" | "title_link" | "text" | "color" | "fallback" | "footer" | "mrkdwn_in"
>;

/** The look of every Slack receiver's messages; values/slack.tmpl defines the templates. */
export function slackMessage(): SlackMessageFields {
  return {
    title: named("title"),
    title_link: named("titleLink"),
    text: named("text"),
    color: named("color"),
    fallback: named("fallback"),
    footer: named("footer"),
    // By default, Alertmanager marks the fallback as formatted text too. Phones would then show the formatting
    // characters in it.
    mrkdwn_in: ["text"],
    // `link_names` is not set: with it, Slack would turn "@channel" in a label into a mention of everybody.
  };
}

const named = (field: string) => `{{ template "alerting.slack.${field}" . }}`;
