import { z } from "zod";
import { slackReceiver } from "../../values/slack-receivers";
import { askJson } from "../stack/servers/http";
import type { LiveConfiguration } from "./live-configuration";
import { poll } from "./polling";

/** How to read the channel's history. The token never appears in an error or in output. */
export interface SlackReader {
  readonly origin: string;
  readonly token: string;
  /** The channel's id, such as `C0123456789`, or its name with `#`. */
  readonly channel: string;
}

/** Where to look for a message to these receivers; undefined if that is unknown. */
export type ReaderFor = (receivers: readonly string[]) => SlackReader | undefined;

const answerSchema = z.looseObject({ ok: z.boolean(), error: z.string().optional() });
const historySchema = z.looseObject({ messages: z.array(z.looseObject({ ts: z.string() })) });
const listSchema = z.looseObject({
  channels: z.array(z.looseObject({ id: z.string(), name: z.string().optional() })),
  response_metadata: z.looseObject({ next_cursor: z.string().optional() }).optional(),
});

/**
 * Reads the token, and the address of the tests' Slack if set, from the environment. Undefined without a token. The
 * channel on the command line takes precedence over the environment's, and the environment's over the stack's.
 */
export function slackReader(
  environment: Readonly<Record<string, string | undefined>>,
  channel: { readonly given?: string; readonly ofStack?: string },
): SlackReader | undefined {
  const { SLACK_API_URL: origin, SLACK_CHANNEL: inEnvironment } = environment;
  const token = environment.SLACK_BOT_TOKEN?.trim();
  const where = channel.given ?? (inEnvironment || channel.ofStack);
  if (!token || !where) return undefined;
  return { token, origin: (origin ?? "https://slack.com/api").replace(/\/$/, ""), channel: where };
}

/**
 * Where to look for a message to the receivers that have the alert. The channels of the environment and of the stack
 * belong to the default receiver; for other receivers the channel comes from Alertmanager's configuration.
 */
export function slackReaders(
  environment: Readonly<Record<string, string | undefined>>,
  channel: { readonly given?: string; readonly ofStack?: string },
  configuration: LiveConfiguration | undefined,
): ReaderFor {
  return (reached) => {
    if (channel.given !== undefined || reached.includes(slackReceiver)) return slackReader(environment, channel);
    const entries = reached.flatMap((name) => configuration?.receivers[name] ?? []);
    const { channel: live } = entries.find((one) => one.channel !== undefined) ?? {};
    return slackReader({ ...environment, SLACK_CHANNEL: undefined }, { given: live });
  };
}

/**
 * Looks for a message with the drill's id until it is there. Returns the time at which Slack stored it, or a sentence
 * that says why it was not found.
 */
export async function findMessage(
  reader: SlackReader,
  wanted: { readonly id: string; readonly word: string; readonly since: number },
  options: { readonly patienceMs: number; readonly pollMs?: number; readonly signal: AbortSignal },
): Promise<{ readonly at?: number; readonly why?: string }> {
  const { patienceMs, pollMs = 2_000, signal } = options;
  const deadline = Date.now() + patienceMs;
  try {
    const channel = encodeURIComponent(await channelId(reader, signal));
    const oldest = ((wanted.since - 60_000) / 1000).toFixed(6);
    const path = `/conversations.history?channel=${channel}&oldest=${oldest}&limit=100`;
    const found = await poll(
      async () =>
        (await call(reader, path, historySchema, signal)).messages.find((message) => {
          const text = JSON.stringify(message);
          return text.includes(wanted.id) && text.toUpperCase().includes(wanted.word);
        }),
      { deadline, everyMs: pollMs, signal },
    );
    if (found !== undefined) return { at: Number(found.ts) * 1000 };
    return { why: `no message with ${wanted.id} is in ${reader.channel}: does the webhook post to another channel?` };
  } catch (error) {
    if (signal.aborted) throw error;
    return { why: `Slack's history cannot be read: ${(error as Error).message}` };
  }
}

async function channelId(reader: SlackReader, signal: AbortSignal): Promise<string> {
  if (/^[CG][A-Z0-9]{6,}$/.test(reader.channel)) return reader.channel;
  const name = reader.channel.replace(/^#/, "");
  for (let cursor = ""; ;) {
    const path = `/conversations.list?limit=1000&exclude_archived=true&types=public_channel,private_channel&cursor=${encodeURIComponent(cursor)}`;
    const { channels, response_metadata } = await call(reader, path, listSchema, signal);
    const found = channels.find((channel) => channel.name === name);
    if (found !== undefined) return found.id;
    cursor = response_metadata?.next_cursor ?? "";
    if (cursor === "")
      throw new Error(`the bot cannot see a channel #${name}; invite it, or set SLACK_CHANNEL to its id.`);
  }
}

const remedies: Readonly<Record<string, string>> = {
  invalid_auth: "SLACK_BOT_TOKEN is not a valid token",
  not_authed: "SLACK_BOT_TOKEN is not a valid token",
  token_revoked: "the bot's token was revoked",
  missing_scope: "the bot lacks a scope: channels:history and channels:read, or groups:… for a private channel",
  not_in_channel: "the bot is not in the channel: invite it",
  channel_not_found: "there is no such channel, or the bot cannot see it",
};

async function call<T extends z.ZodType>(
  { origin, token }: SlackReader,
  path: string,
  schema: T,
  signal: AbortSignal,
): Promise<z.output<T>> {
  // A token that is not valid in a header would be quoted in the library's error.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Error("SLACK_BOT_TOKEN contains white space or a character that no token contains; it was not sent.");
  }
  const answer = await askJson(origin, path, { headers: { Authorization: `Bearer ${token}` }, signal });
  const judged = answerSchema.safeParse(answer);
  if (judged.success && !judged.data.ok) {
    const { error = "no reason given" } = judged.data;
    throw new Error(`${remedies[error] ?? "Slack refuses"} (${error}).`);
  }
  const read = schema.safeParse(answer);
  if (!judged.success || !read.success) throw new Error(`${origin} does not answer as Slack's API does.`);
  return read.data;
}
