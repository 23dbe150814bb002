import { z } from "zod";
import { commonOfHttp } from "../httpConfig";
import { file, filledText, flag, goDuration, inlineSecret, inlineSecretSentence, refused, text, url } from "../scalars";

const confirmation = z.strictObject({
  text: filledText(),
  title: text().optional(),
  ok_text: text().optional(),
  dismiss_text: text().optional(),
});

const action = z
  .strictObject({
    type: filledText(),
    text: filledText(),
    url: text().optional(),
    style: text().optional(),
    name: text().optional(),
    value: text().optional(),
    confirm: confirmation.optional(),
  })
  .refine((one) => Boolean(one.url) || Boolean(one.name), { error: "an action with a `url` or a `name`" });

const field = z.strictObject({ title: filledText(), value: filledText(), short: flag().optional() });

/** Where a bot posts; no secret, other than a webhook's URL. */
export const postMessage = "https://slack.com/api/chat.postMessage";

/** The URL of a webhook is a secret; that of Slack's own interface is none, and beside it a bot's token is needed. */
export const slackApiUrl = (fileKey: string) =>
  refused<typeof postMessage>(inlineSecretSentence(fileKey), (value) => value === postMessage);

const aChannel =
  'a channel such as "#monitoring", a person such as "@ops" or an id such as "C0123456789", in quotes, because an unquoted # begins a comment in YAML';

export const slackConfig = z.strictObject({
  ...commonOfHttp,
  api_url: slackApiUrl("api_url_file").optional(),
  api_url_file: file().optional(),
  app_token: inlineSecret("app_token_file").optional(),
  app_token_file: file().optional(),
  app_url: url().optional(),
  channel: z
    .string({ error: aChannel })
    .refine((channel) => /^[#@][^\s#@]|^[CDGUW][A-Z0-9]{8,}$|\{\{/.test(channel), { error: aChannel })
    .optional(),
  username: text().optional(),
  color: text().optional(),
  title: text().optional(),
  title_link: text().optional(),
  pretext: text().optional(),
  text: text().optional(),
  message_text: text().optional(),
  fields: z.array(field).optional(),
  short_fields: flag().optional(),
  footer: text().optional(),
  fallback: text().optional(),
  callback_id: text().optional(),
  icon_emoji: text().optional(),
  icon_url: text().optional(),
  image_url: text().optional(),
  thumb_url: text().optional(),
  link_names: flag().optional(),
  mrkdwn_in: z.array(text()).optional(),
  actions: z.array(action).optional(),
  update_message: flag().optional(),
  timeout: goDuration().optional(),
});

const attachmentField = z.strictObject({
  title: text().optional(),
  value: text().optional(),
  short: flag().optional(),
});

/** Rocket.Chat reads its fields and actions by the lower-cased names of Alertmanager's own structure, without underscores. */
const rocketchatAction = z.strictObject({
  type: text().optional(),
  text: text().optional(),
  url: text().optional(),
  imageurl: text().optional(),
  iswebview: flag().optional(),
  webviewheightratio: text().optional(),
  msg: text().optional(),
  msginchatwindow: flag().optional(),
  msgprocessingtype: z.enum(["sendMessage", "respondWithMessage"]).optional(),
});

export const rocketchatConfig = z.strictObject({
  ...commonOfHttp,
  api_url: url().optional(),
  token_id: inlineSecret("token_id_file").optional(),
  token_id_file: file().optional(),
  token: inlineSecret("token_file").optional(),
  token_file: file().optional(),
  channel: filledText(
    'a channel such as "#monitoring", in quotes, because an unquoted # begins a comment in YAML',
  ).optional(),
  color: text().optional(),
  title: text().optional(),
  title_link: text().optional(),
  text: text().optional(),
  fields: z.array(attachmentField).optional(),
  short_fields: flag().optional(),
  emoji: text().optional(),
  icon_url: text().optional(),
  image_url: text().optional(),
  thumb_url: text().optional(),
  link_names: flag().optional(),
  actions: z.array(rocketchatAction).optional(),
});

const mattermostField = z.strictObject({ title: filledText(), value: filledText(), short: flag().optional() });

const attachment = {
  fallback: text().optional(),
  color: text().optional(),
  pretext: text().optional(),
  text: text().optional(),
  author_name: text().optional(),
  author_link: text().optional(),
  author_icon: text().optional(),
  title: text().optional(),
  title_link: text().optional(),
  fields: z.array(mattermostField).optional(),
  thumb_url: text().optional(),
  footer: text().optional(),
  footer_icon: text().optional(),
  image_url: text().optional(),
};

export const mattermostConfig = z.strictObject({
  ...commonOfHttp,
  ...attachment,
  webhook_url: inlineSecret("webhook_url_file").optional(),
  webhook_url_file: file().optional(),
  channel: filledText('a channel such as "town-square"').optional(),
  username: text().optional(),
  icon_url: text().optional(),
  icon_emoji: text().optional(),
  attachments: z.array(z.strictObject(attachment)).optional(),
  type: text().optional(),
  props: z.strictObject({ card: text().optional() }).optional(),
  priority: z
    .strictObject({
      priority: text().optional(),
      requested_ack: flag().optional(),
      persistent_notifications: flag().optional(),
    })
    .optional(),
});
