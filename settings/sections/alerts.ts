import { z } from "zod";
import { refuse } from "./value-types";

import { duration, isTimeZone, milliseconds, type PrometheusDuration } from "../../validation/durations";
import { longer, otherwise, shorter, type Timing, timingNames, timingOf, timings } from "../timing";

/** A key that the profile fills in where it is not written; the README tells the default profile's value. */
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
    from: clockTime("When they begin"),
    to: clockTime("When they end, the next morning where that is earlier"),
    timeZone: z
      .string()
      .min(1)
      .refine((zone) => isTimeZone(zone), {
        error: 'a time zone such as "Asia/Seoul" or "UTC", in the case of the time zone database',
      })
      .describe("The time zone of the two"),
    weekends: z.boolean().optional().describe("Whether the whole of Saturday and Sunday is quiet too"),
  })
  .refine(({ from, to }) => from !== to, { path: ["to"], error: "another time than from" });

const usualCriticalRepeat: PrometheusDuration = "1h";

export const alerts = z
  .strictObject({
    timing: z
      .enum(timingNames)
      .default("default")
      .describe("The four intervals below in one word: `prompt` tells sooner, `calm` has the chart's own intervals"),
    scrapeInterval: timed("scrapeInterval", "How often targets are scraped"),
    scrapeTimeout: timed("scrapeTimeout", "How long a scrape may take; never more than the scrape interval"),
    evaluationInterval: timed("evaluationInterval", "How often the rules are evaluated"),
    instanceDownFor: timed("instanceDownFor", "How long a target has to be down before `InstanceDown` fires"),
    groupWait: duration().default("10s").describe("How long the first message of a group waits for more alerts"),
    groupInterval: duration()
      .default("1m")
      .describe("How long the next message of a group waits, resolved ones included"),
    repeatInterval: duration().default("4h").describe("After how long an alert that still fires is told again"),
    criticalRepeatInterval: duration().optional().meta({
      description: "The same for critical alerts; never later than the others",
      default: usualCriticalRepeat,
    }),
    quietHours: quietHours
      .optional()
      .describe("When no warning is told: `{ from, to, timeZone, weekends }`; critical alerts always are"),
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
