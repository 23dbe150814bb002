import type { IntegrationKey } from "./receiver";

/** Keys of which one is needed, in the entry or, where `global` names some, in `global`. */
export interface Needed {
  readonly keys: readonly string[];
  readonly global?: readonly string[];
}

/** What Alertmanager demands of an entry beyond each key's own form. */
export interface Rules {
  readonly needed?: readonly Needed[];
  /** Keys of which at most one may be set. */
  readonly exclusive?: readonly (readonly string[])[];
}

const both = (key: string) => [key, `${key}_file`];
/** A key of the entry or its file, else the same of `global`. */
const inherited = (key: string, global: string): Needed => ({ keys: both(key), global: both(global) });
const webhook: Rules = { needed: [{ keys: both("webhook_url") }], exclusive: [both("webhook_url")] };

export const receiverRules: Readonly<Record<IntegrationKey, Rules>> = {
  discord_configs: webhook,
  email_configs: {
    needed: [
      { keys: ["smarthost"], global: ["smtp_smarthost"] },
      { keys: ["from"], global: ["smtp_from"] },
    ],
    exclusive: [both("auth_password"), both("auth_secret")],
  },
  incidentio_configs: { needed: [{ keys: both("url") }], exclusive: [both("url"), both("alert_source_token")] },
  jira_configs: { needed: [{ keys: ["api_url"], global: ["jira_api_url"] }] },
  mattermost_configs: {
    needed: [inherited("webhook_url", "mattermost_webhook_url")],
    exclusive: [both("webhook_url")],
  },
  msteams_configs: webhook,
  msteamsv2_configs: webhook,
  opsgenie_configs: { needed: [inherited("api_key", "opsgenie_api_key")], exclusive: [both("api_key")] },
  pagerduty_configs: {
    needed: [{ keys: [...both("routing_key"), ...both("service_key")] }],
    exclusive: [both("routing_key"), both("service_key")],
  },
  pushover_configs: {
    needed: [{ keys: both("user_key") }, { keys: both("token") }],
    exclusive: [both("user_key"), both("token")],
  },
  rocketchat_configs: {
    needed: [inherited("token", "rocketchat_token"), inherited("token_id", "rocketchat_token_id")],
    exclusive: [both("token"), both("token_id")],
  },
  slack_configs: {
    needed: [
      {
        keys: [...both("api_url"), ...both("app_token")],
        global: [...both("slack_api_url"), ...both("slack_app_token")],
      },
    ],
    exclusive: [[...both("api_url"), ...both("app_token")]],
  },
  sns_configs: {
    needed: [{ keys: ["topic_arn", "target_arn", "phone_number"] }],
    exclusive: [["topic_arn", "target_arn", "phone_number"]],
  },
  telegram_configs: {
    needed: [inherited("bot_token", "telegram_bot_token"), { keys: both("chat_id") }],
    exclusive: [both("bot_token"), both("chat_id")],
  },
  victorops_configs: { needed: [inherited("api_key", "victorops_api_key")], exclusive: [both("api_key")] },
  webex_configs: {},
  webhook_configs: { needed: [{ keys: both("url") }], exclusive: [both("url")] },
  wechat_configs: {
    needed: [inherited("api_secret", "wechat_api_secret"), { keys: ["corp_id"], global: ["wechat_api_corp_id"] }],
    exclusive: [both("api_secret")],
  },
};

/** Pairs of `global` of which at most one may be set. */
export const globalExclusive: readonly (readonly string[])[] = [
  [...both("slack_api_url"), ...both("slack_app_token")],
  ...(
    "smtp_auth_password smtp_auth_secret opsgenie_api_key victorops_api_key telegram_bot_token rocketchat_token " +
    "rocketchat_token_id wechat_api_secret mattermost_webhook_url"
  )
    .split(" ")
    .map(both),
];

/** Receivers that Alertmanager leaves silent about what is over unless told. */
export const silentWhenResolved: readonly string[] = [
  "slack_configs",
  "email_configs",
  "rocketchat_configs",
  "wechat_configs",
];
