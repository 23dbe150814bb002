import { z } from "zod";
import {
  discordConfig,
  msteamsConfig,
  msteamsv2Config,
  telegramConfig,
  webexConfig,
  wechatConfig,
} from "./receivers/chat";
import { emailConfig } from "./receivers/email";
import {
  incidentioConfig,
  jiraConfig,
  opsgenieConfig,
  pagerdutyConfig,
  pushoverConfig,
  victoropsConfig,
} from "./receivers/paging";
import { mattermostConfig, rocketchatConfig, slackConfig } from "./receivers/slack";
import { snsConfig, webhookConfig } from "./receivers/webhook";
import { filledText, textMap } from "./scalars";

/** Every way of telling that Alertmanager 0.34 has, by the receiver's key. */
export const integrations = {
  discord_configs: discordConfig,
  email_configs: emailConfig,
  incidentio_configs: incidentioConfig,
  jira_configs: jiraConfig,
  mattermost_configs: mattermostConfig,
  msteams_configs: msteamsConfig,
  msteamsv2_configs: msteamsv2Config,
  opsgenie_configs: opsgenieConfig,
  pagerduty_configs: pagerdutyConfig,
  pushover_configs: pushoverConfig,
  rocketchat_configs: rocketchatConfig,
  slack_configs: slackConfig,
  sns_configs: snsConfig,
  telegram_configs: telegramConfig,
  victorops_configs: victoropsConfig,
  webex_configs: webexConfig,
  webhook_configs: webhookConfig,
  wechat_configs: wechatConfig,
} as const;

export type IntegrationKey = keyof typeof integrations;

const some = { error: "at least one entry; without any, leave the key out" };

export const receiver = z.strictObject({
  name: filledText("a name, by which routes call the receiver"),
  labels: textMap().optional(),
  discord_configs: z.array(discordConfig).min(1, some).optional(),
  email_configs: z.array(emailConfig).min(1, some).optional(),
  incidentio_configs: z.array(incidentioConfig).min(1, some).optional(),
  jira_configs: z.array(jiraConfig).min(1, some).optional(),
  mattermost_configs: z.array(mattermostConfig).min(1, some).optional(),
  msteams_configs: z.array(msteamsConfig).min(1, some).optional(),
  msteamsv2_configs: z.array(msteamsv2Config).min(1, some).optional(),
  opsgenie_configs: z.array(opsgenieConfig).min(1, some).optional(),
  pagerduty_configs: z.array(pagerdutyConfig).min(1, some).optional(),
  pushover_configs: z.array(pushoverConfig).min(1, some).optional(),
  rocketchat_configs: z.array(rocketchatConfig).min(1, some).optional(),
  slack_configs: z.array(slackConfig).min(1, some).optional(),
  sns_configs: z.array(snsConfig).min(1, some).optional(),
  telegram_configs: z.array(telegramConfig).min(1, some).optional(),
  victorops_configs: z.array(victoropsConfig).min(1, some).optional(),
  webex_configs: z.array(webexConfig).min(1, some).optional(),
  webhook_configs: z.array(webhookConfig).min(1, some).optional(),
  wechat_configs: z.array(wechatConfig).min(1, some).optional(),
});
