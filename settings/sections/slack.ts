import { z } from "zod";
import { isCredentialName } from "../credentials";
import { webUrl, refuse } from "./value-types";

/** The severities by which a channel can be chosen. */
export const severities = ["critical", "warning", "info"] as const;
export type Severity = (typeof severities)[number];

const channelName = z.string().regex(/^[#@][^\s#@]{1,79}$/, {
  error: 'a channel such as "#monitoring", quoted, because an unquoted # begins a comment in YAML',
});

const severity = z.enum(severities);

const channel = z
  .strictObject({
    channel: channelName,
    credential: z.string().refine(isCredentialName, {
      error: "the name of a credential in alerting:credentials, which holds the channel's own webhook",
    }),
    severity: z
      .union([severity, z.array(severity).min(1)], {
        error: `one of ${severities.map((one) => JSON.stringify(one)).join(", ")}, or a list of them`,
      })
      .optional(),
    team: z.string().min(1).optional(),
  })
  .refine((one) => one.severity !== undefined || one.team !== undefined, {
    error: "a severity, a team or both; alerts that no channel takes go to alerting:slack.channel",
  });

/** An additional channel, after checks. */
export type SlackChannel = z.output<typeof channel>;

/** The severities that a channel selects, without duplicates; undefined if it takes all. */
export function severitiesOf({ severity: asked }: SlackChannel): Severity[] | undefined {
  if (asked === undefined) return undefined;
  return typeof asked === "string" ? [asked] : severities.filter((one) => asked.includes(one));
}

/** Whether the earlier channels together take every alert that this channel would take. */
function isTaken(channel: SlackChannel, earlier: readonly SlackChannel[]): boolean {
  const takers = earlier.filter(({ team }) => team === undefined || team === channel.team).map(severitiesOf);
  if (takers.includes(undefined)) return true;
  return severitiesOf(channel)?.every((one) => takers.some((taken) => taken!.includes(one))) ?? false;
}

/** Slack: the default channel, and additional channels for some alerts. */
export const slack = z
  .strictObject({
    channel: channelName
      .default("#monitoring")
      .describe(
        "The Slack channel; webhooks of Slack apps ignore this setting, and post to the channel for which they were created",
      ),
    channels: z
      .array(channel)
      .default([])
      .describe(
        "More channels, `{ channel, credential, severity, team }`: the first channel that matches an alert gets it instead of `slack.channel`; `credential` names its webhook in `alerting:credentials`",
      ),
    httpProxy: webUrl.optional().describe("The URL, without credentials, of the HTTP proxy for requests to Slack"),
  })
  .prefault({})
  .superRefine(({ channels }, context) => {
    channels.forEach((one, at) => {
      const earlier = channels.slice(0, at);
      const same = earlier.find(({ credential }) => credential === one.credential);
      if (same !== undefined && same.channel !== one.channel) {
        refuse(
          context,
          ["channels", at, "channel"],
          `${JSON.stringify(same.channel)}, as before with the credential ${JSON.stringify(one.credential)}, because a webhook posts to one channel; make a webhook for each channel`,
        );
      }
      if (isTaken(one, earlier)) {
        refuse(
          context,
          ["channels", at],
          "a channel that still gets alerts: the channels before it in the list take every such alert, and the first match wins",
        );
      }
    });
  });
