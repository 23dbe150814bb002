import { z } from "zod";
import { duration } from "../../validation/durations";
import { binaryQuantity, bytes, byteSize, cpuQuantity, millicores } from "../../validation/sizes";
import { nativeLanguage, pageUrl, refuse } from "./value-types";

const resources = (cpu: string, memory: string, cpuLimit: string, memoryLimit: string) =>
  z
    .strictObject({
      cpu: cpuQuantity().default(cpu).describe("Processor share requested"),
      memory: binaryQuantity().default(memory).describe("Memory requested"),
      cpuLimit: cpuQuantity()
        .default(cpuLimit)
        .describe("Processor share at most, so that a master's own work is never starved"),
      memoryLimit: binaryQuantity()
        .default(memoryLimit)
        .describe("Memory at most; beyond it the container is restarted"),
    })
    .prefault({})
    .superRefine((value, context) => {
      const above = (key: "memory" | "cpu") =>
        refuse(context, [key], `at most its limit (${key}Limit: ${value[`${key}Limit`]})`);
      if (bytes(value.memory) > bytes(value.memoryLimit)) above("memory");
      if (millicores(value.cpu) > millicores(value.cpuLimit)) above("cpu");
    });

export const prometheus = z
  .strictObject({
    retention: duration().default("15d").describe("How long samples are kept"),
    retentionSize: byteSize().default("8GB").describe("How much disk samples may take; the oldest go first"),
    externalUrl: pageUrl
      .optional()
      .describe("The URL by which people reach Prometheus, without a path; links to graphs in messages begin with it"),
    resources: resources("200m", "512Mi", "1", "2Gi").describe("Processor and memory of Prometheus"),
  })
  .prefault({});

export const alertmanager = z
  .strictObject({
    externalUrl: pageUrl
      .optional()
      .describe("The URL by which people reach Alertmanager, without a path; links in messages begin with it"),
    receivers: nativeLanguage.describe(
      "Further receivers, in Alertmanager's own language; credentials by `alerting:credentials`",
    ),
    routes: nativeLanguage.describe(
      "Further routes, in Alertmanager's own language; the first that matches wins, and Slack gets the alert too where that has `continue: true`, or where none matches",
    ),
    inhibitRules: nativeLanguage.describe("Inhibition rules, in Alertmanager's own language"),
    longestSilence: duration()
      .default("7d")
      .describe("A silence that is made for longer is reported by the preflight and the drill"),
    timeIntervals: nativeLanguage.describe("Time intervals that routes name, in Alertmanager's own language"),
    resources: resources("50m", "64Mi", "500m", "256Mi").describe("Processor and memory of Alertmanager"),
  })
  .prefault({});
