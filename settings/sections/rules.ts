import { z } from "zod";
import { duration } from "../../validation/durations";
import { nativeLanguage, webUrl } from "./value-types";

/** `pulumi config set --path` writes 0.5 as a string, and 5 as a number. */
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

/** The fields of a built-in alert that can be changed. */
const alertTuning = z.strictObject({
  enabled: z.boolean().optional().describe("Whether the alert's rule is loaded"),
  severity: z.enum(["critical", "warning", "info"]).optional().describe("The alert's severity, by which it is routed"),
  for: duration().optional().describe("How long the condition has to last before the alert fires"),
  threshold: number.optional().describe("The number with which the alert's expression compares, in the alert's unit"),
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
      .describe("Changes to built-in alerts, by the alert's name: any of `{ enabled, severity, for, threshold }`"),
    folder: folder
      .optional()
      .describe(
        "A folder with your own rule files (`*.yaml`, `*.yml`), as a path relative to Pulumi.yaml; its subfolder `tests` is not read",
      ),
    runbookUrl: webUrl
      .optional()
      .describe("URL of the folder that contains `docs`; the links to runbooks in messages begin with this URL"),
    groups: nativeLanguage.describe("More rule groups, in Prometheus' configuration language"),
  })
  .prefault({});
