import type { SlackConfig } from "../alertmanager/config";

/** The part of an entry of `slack_configs` that says what a message looks like; templates/slack.tmpl has the templates. */
export type SlackMessageFields = Pick<SlackConfig, "title" | "title_link" | "text" | "color" | "fallback">;

/** What every Slack receiver's messages look like. */
export function slackMessage(): SlackMessageFields {
  return {
    title: named("title"),
    text: named("text"),
    color: named("color"),
    fallback: named("title"),
  };
}

const named = (field: string) => `{{ template "alerting.slack.${field}" . }}`;
