import { z } from "zod";
import { catalogue, ownAlert } from "../../alerts/catalogue";
import { thresholdFault } from "../../alerts/units";
import { nearest } from "../../validation/faults";
import { duration } from "../../validation/durations";
import { ownLanguage, webUrl } from "./texts";

/** `pulumi config set --path` writes 0.5 as a text, and 5 as a number. */
const number = z.union(
  [
    z.number(),
    z
      .string()
      .regex(/^-?\d+(\.\d+)?$/)
      .transform(Number),
  ],
  { error: "a number" },
);

/** What can be changed of an alert that comes with this program. */
const alertTuning = z.strictObject({
  enabled: z.boolean().optional().describe("Whether its rule is loaded"),
  severity: z.enum(["critical", "warning", "info"]).optional().describe("By which it is routed"),
  for: duration().optional().describe("How long it has to last before it fires"),
  threshold: number.optional().describe("The number that its expression compares with, in its own unit"),
});

export type AlertTuning = z.output<typeof alertTuning>;

const folder = z
  .string()
  .min(1)
  .refine((path) => !/^([/\\~]|[A-Za-z]:)/.test(path) && !path.split(/[/\\]/).includes(".."), {
    error:
      'a folder within the project, such as "ops/rules", so that every checkout and every runner reads the same rules',
  });

export const rules = z
  .strictObject({
    alerts: z
      .record(z.string(), alertTuning)
      .default({})
      .describe(
        "What is different of this program's own alerts, by name: `{ enabled, severity, for, threshold }`, each optional",
      ),
    folder: folder
      .optional()
      .describe(
        "A folder of your own rule files, `*.yaml` and `*.yml`, from where Pulumi.yaml is; `tests` in it is not read",
      ),
    runbookUrl: webUrl
      .optional()
      .describe(
        "Where `docs/runbooks` can be read, as the URL of the folder that `docs` is in; links in messages begin with it",
      ),
    groups: ownLanguage.describe("Further rule groups, in Prometheus' own language"),
  })
  .prefault({})
  .superRefine(({ alerts }, context) => {
    for (const [name, tuning] of Object.entries(alerts)) {
      const wrong = (key: string[], input: unknown, message: string) =>
        context.addIssue({ code: "custom", path: ["alerts", name, ...key], input, message });
      const alert = ownAlert(name);
      if (alert === undefined) wrong([], tuning, noSuchAlert(name));
      if (alert !== undefined && tuning.threshold !== undefined) {
        const { threshold } = alert;
        const fault = threshold === undefined ? noThreshold(name) : thresholdFault(tuning.threshold, threshold.unit);
        if (fault !== undefined) wrong(["threshold"], tuning.threshold, fault);
      }
      // It would wait for ever (rules/watchdog.yaml).
      if (name === "Watchdog" && tuning.for !== undefined) wrong(["for"], tuning.for, noWait);
    }
  });

const noWait =
  "nothing here, because each beat is an alert of its own that lasts for one evaluation; how often they come is alerting:heartbeat.interval";

function noSuchAlert(name: string): string {
  const names = catalogue().map((alert) => alert.name);
  const guess = nearest(name, names);
  const advice = guess === undefined ? `those are ${names.join(", ")}` : `is ${guess} meant?`;
  return `the name of an alert of this program; ${advice}`;
}

function noThreshold(name: string): string {
  const names = catalogue().flatMap((alert) => (alert.threshold === undefined ? [] : [alert.name]));
  return `no threshold for ${name}, whose expression has none; those that have one are ${names.join(", ")}`;
}
