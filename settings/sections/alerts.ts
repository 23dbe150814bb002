import { z } from "zod";
import { refuse } from "./value-types";

import { duration, isTimeZone, milliseconds, type PrometheusDuration } from "../../validation/durations";
import { longer, otherwise, shorter, type Timing, timingNames, timingOf, timings } from "../timing";

/** A key that the profile fills in if it is not set; the table shows the value of the default profile. */
const timed = (key: keyof Timing, meaning: string) =>
  duration()
    .optional()
    .meta({ description: [meaning, otherwise(key)].filter(Boolean).join("; "), default: timings.default[key] });

const clockTime = (what: string) =>
  z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'a time of day from "00:00" to "23:59", in quotes' })
    .describe(what);

const quietHours = z
  .strictObject({
    from: clockTime("Start time"),
    to: clockTime("End time; the next morning if earlier than the start"),
    timeZone: z
      .string()
      .min(1)
      .refine((zone) => isTimeZone(zone), {
        error: 'a time zone such as "Asia/Seoul" or "UTC", in the case of the time zone database',
      })
      .describe("The time zone of both times"),
    weekends: z.boolean().optional().describe("Whether all of Saturday and Sunday is quiet too"),
  })
  .refine(({ from, to }) => from !== to, { path: ["to"], error: "another time than from" });

const usualCriticalRepeat: PrometheusDuration = "1h";

export const alerts = z
  .strictObject({
    timing: z
      .enum(timingNames)
      .default("default")
      .describe(
        "A profile that sets the next four intervals: `prompt` alerts sooner, `calm` uses the chart's own intervals",
      ),
    scrapeInterval: timed("scrapeInterval", "How often targets are scraped"),
    scrapeTimeout: timed("scrapeTimeout", "Scrape timeout; at most the scrape interval"),
    evaluationInterval: timed("evaluationInterval", "How often the rules are evaluated"),
    instanceDownFor: timed("instanceDownFor", "How long a target has to be down before `InstanceDown` fires"),
    groupWait: duration().default("10s").describe("How long the first message of a group waits for more alerts"),
    groupInterval: duration()
      .default("1m")
      .describe("How long each later message of a group waits, resolved messages included"),
    repeatInterval: duration().default("4h").describe("How often an alert that still fires is sent again"),
    criticalRepeatInterval: duration().optional().meta({
      description: "How often a critical alert that still fires is sent again; at most `repeatInterval`",
      default: usualCriticalRepeat,
    }),
    quietHours: quietHours
      .optional()
      .describe("When warnings are not sent: `{ from, to, timeZone, weekends }`; critical alerts are always sent"),
  })
  .prefault({})
  .superRefine((value, context) => {
    const { scrapeInterval, scrapeTimeout } = timingOf(value.timing, value);
    const wrong = (key: keyof typeof value, message: string) => refuse(context, [key], message);
    const { groupInterval, repeatInterval, criticalRepeatInterval: critical } = value;
    const sooner = `a duration of at least groupInterval (${groupInterval})`;
    if (length(repeatInterval) < length(groupInterval)) wrong("repeatInterval", sooner);
    if (critical !== undefined && length(critical) < length(groupInterval)) wrong("criticalRepeatInterval", sooner);
    if (critical !== undefined && length(critical) > length(repeatInterval))
      wrong("criticalRepeatInterval", `a duration of at most repeatInterval (${repeatInterval})`);
    if (length(scrapeTimeout) > length(scrapeInterval))
      wrong("scrapeTimeout", `a duration of at most scrapeInterval (${scrapeInterval})`);
  })
  .transform((value) => ({
    ...value,
    ...timingOf(value.timing, value),
    criticalRepeatInterval:
      value.criticalRepeatInterval ?? longer(shorter(usualCriticalRepeat, value.repeatInterval), value.groupInterval),
  }));

const length = (text: string) => milliseconds(text) ?? 0;
