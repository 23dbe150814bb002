import { z } from "zod";
import { globalConfig } from "./globalConfig";
import { type httpConfig, httpHeaders, tlsConfig } from "./httpConfig";
import { type integrations, receiver } from "./receiver";
import { inhibitRule, route } from "./route";
import { count, duration, filledText, flag, refused, text } from "./scalars";
import { timeInterval } from "./timeInterval";

const tracing = z.strictObject({
  client_type: z.enum(["http", "grpc"]).optional(),
  endpoint: filledText("where traces are sent to"),
  sampling_fraction: z.number().optional(),
  insecure: flag().optional(),
  tls_config: tlsConfig.optional(),
  headers: httpHeaders.optional(),
  compression: z.literal("gzip").optional(),
  timeout: duration().optional(),
});

/** Behind the feature `event-recorder`. Of its outputs, the webhook has a secret URL and knows no file for it. */
const eventRecorder = z.strictObject({
  file_outputs: z.array(z.strictObject({ path: filledText() })).optional(),
  webhook_outputs: z
    .array(
      z.strictObject({
        url: refused(
          "has a URL that Alertmanager takes for a secret (not shown), and knows no file for; use another output",
        ),
      }),
    )
    .optional(),
  kafka_outputs: z
    .array(
      z.strictObject({
        brokers: z.array(filledText()).min(1, { error: "at least one broker" }),
        topic: filledText(),
        client_id: text().optional(),
        format: z.enum(["json", "protobuf"]).optional(),
        acks: z.enum(["none", "leader", "all"]).optional(),
        compression: z.enum(["none", "gzip", "snappy", "lz4", "zstd"]).optional(),
        buffer_size: count().optional(),
        tls_config: tlsConfig.optional(),
      }),
    )
    .optional(),
  stdout_outputs: z.array(z.strictObject({})).optional(),
});

/** The whole configuration of Alertmanager 0.34, with secrets by file alone. */
export const alertmanagerConfigSchema = z.strictObject({
  global: globalConfig.optional(),
  templates: z.array(filledText("a pattern of file names")).optional(),
  route,
  receivers: z.array(receiver),
  inhibit_rules: z.array(inhibitRule).optional(),
  time_intervals: z.array(timeInterval).optional(),
  mute_time_intervals: z.array(timeInterval).optional(),
  tracing: tracing.optional(),
  event_recorder: eventRecorder.optional(),
});

/** Read-only through and through, so that constants fit. */
type Deep<T> = T extends readonly (infer Item)[]
  ? readonly Deep<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Deep<T[Key]> }
    : T;
type In<Schema extends z.ZodType> = Deep<z.input<Schema>>;
type Integration<Key extends keyof typeof integrations> = In<(typeof integrations)[Key]>;

export type { CredentialReference, FileReference, GoDuration } from "./scalars";
export type AlertmanagerConfig = In<typeof alertmanagerConfigSchema>;
export type GlobalConfig = In<typeof globalConfig>;
export type HttpConfig = In<typeof httpConfig>;
export type TlsConfig = In<typeof tlsConfig>;
export type Receiver = In<typeof receiver>;
export type Route = In<typeof route>;
export type InhibitRule = In<typeof inhibitRule>;
export type TimeInterval = In<typeof timeInterval>;
export type Tracing = In<typeof tracing>;
export type EventRecorder = In<typeof eventRecorder>;

export type DiscordConfig = Integration<"discord_configs">;
export type EmailConfig = Integration<"email_configs">;
export type IncidentioConfig = Integration<"incidentio_configs">;
export type JiraConfig = Integration<"jira_configs">;
export type MattermostConfig = Integration<"mattermost_configs">;
export type MsteamsConfig = Integration<"msteams_configs">;
export type Msteamsv2Config = Integration<"msteamsv2_configs">;
export type OpsgenieConfig = Integration<"opsgenie_configs">;
export type PagerdutyConfig = Integration<"pagerduty_configs">;
export type PushoverConfig = Integration<"pushover_configs">;
export type RocketchatConfig = Integration<"rocketchat_configs">;
export type SlackConfig = Integration<"slack_configs">;
export type SnsConfig = Integration<"sns_configs">;
export type TelegramConfig = Integration<"telegram_configs">;
export type VictoropsConfig = Integration<"victorops_configs">;
export type WebexConfig = Integration<"webex_configs">;
export type WebhookConfig = Integration<"webhook_configs">;
export type WechatConfig = Integration<"wechat_configs">;
