import { z } from "zod";
import { commonOfHttp } from "../httpConfig";
import { file, filledText, flag, inlineSecret, text, url } from "../scalars";

export const telegramConfig = z.strictObject({
  ...commonOfHttp,
  api_url: url().optional(),
  bot_token: inlineSecret("bot_token_file").optional(),
  bot_token_file: file().optional(),
  chat_id: z
    .number({ error: "a number without quotes, such as -1001234567890" })
    .refine((id) => Number.isSafeInteger(id) && id !== 0, { error: "a whole number other than zero" })
    .optional(),
  chat_id_file: file().optional(),
  message_thread_id: z.number().int().optional(),
  message: text().optional(),
  disable_notifications: flag().optional(),
  parse_mode: z.enum(["", "Markdown", "MarkdownV2", "HTML"]).optional(),
});

const webhook = {
  webhook_url: inlineSecret("webhook_url_file").optional(),
  webhook_url_file: file().optional(),
};

export const discordConfig = z.strictObject({
  ...commonOfHttp,
  ...webhook,
  content: text().optional(),
  title: text().optional(),
  message: text().optional(),
  username: text().optional(),
  avatar_url: text().optional(),
});

export const msteamsConfig = z.strictObject({
  ...commonOfHttp,
  ...webhook,
  title: text().optional(),
  summary: text().optional(),
  text: text().optional(),
});

export const msteamsv2Config = z.strictObject({
  ...commonOfHttp,
  ...webhook,
  title: text().optional(),
  text: text().optional(),
});

export const webexConfig = z.strictObject({
  ...commonOfHttp,
  api_url: url().optional(),
  message: text().optional(),
  room_id: filledText("the id of the room"),
});

export const wechatConfig = z.strictObject({
  ...commonOfHttp,
  api_secret: inlineSecret("api_secret_file").optional(),
  api_secret_file: file().optional(),
  corp_id: text().optional(),
  message: text().optional(),
  api_url: url().optional(),
  to_user: text().optional(),
  to_party: text().optional(),
  to_tag: text().optional(),
  agent_id: text().optional(),
  message_type: z.enum(["text", "markdown"]).optional(),
});
