import { z } from "zod";
import { duration, milliseconds } from "../quantities";

export const alerts = z
  .strictObject({
    scrapeInterval: duration().default("15s").describe("How often targets are scraped"),
    scrapeTimeout: duration()
      .optional()
      .describe("How long a scrape may take; `5s`, or the scrape interval where that is shorter"),
    evaluationInterval: duration().default("15s").describe("How often the rules are evaluated"),
    instanceDownFor: duration().default("1m").describe("How long a target has to be down before `InstanceDown` fires"),
    groupWait: duration().default("10s").describe("How long the first message of a group waits for more alerts"),
    groupInterval: duration()
      .default("1m")
      .describe("How long the next message of a group waits, resolved ones included"),
    repeatInterval: duration().default("4h").describe("After how long an alert that still fires is told again"),
  })
  .prefault({})
  .superRefine((value, context) => {
    const [repeat, interval] = [milliseconds(value.repeatInterval) ?? 0, milliseconds(value.groupInterval) ?? 0];
    if (repeat < interval) {
      context.addIssue({
        code: "custom",
        path: ["repeatInterval"],
        input: value.repeatInterval,
        message: `a duration of at least groupInterval (${value.groupInterval})`,
      });
    }
    if (
      value.scrapeTimeout !== undefined &&
      (milliseconds(value.scrapeTimeout) ?? 0) > (milliseconds(value.scrapeInterval) ?? 0)
    ) {
      context.addIssue({
        code: "custom",
        path: ["scrapeTimeout"],
        input: value.scrapeTimeout,
        message: `a duration of at most scrapeInterval (${value.scrapeInterval})`,
      });
    }
  });
