import { z } from "zod";
import { duration } from "../../validation/durations";
import { binaryQuantity, bytes, byteSize, cpuQuantity, millicores } from "../../validation/sizes";
import { nativeLanguage, pageUrl, refuse } from "./value-types";

const resources = (cpu: string, memory: string, cpuLimit: string, memoryLimit: string) =>
  z
    .strictObject({
      cpu: cpuQuantity().default(cpu).describe("CPU request"),
      memory: binaryQuantity().default(memory).describe("Memory request"),
      cpuLimit: cpuQuantity().default(cpuLimit).describe("CPU limit, so that a master's own work is never starved"),
      memoryLimit: binaryQuantity().default(memoryLimit).describe("Memory limit; beyond it the container is restarted"),
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
    retentionSize: byteSize().default("8GB").describe("Maximum disk space of samples; the oldest are deleted first"),
    externalUrl: pageUrl
      .optional()
      .describe("The URL of Prometheus for people, without a path; links to graphs in messages begin with it"),
    resources: resources("200m", "512Mi", "1", "2Gi").describe("CPU and memory of Prometheus"),
  })
  .prefault({});

export const alertmanager = z
  .strictObject({
    externalUrl: pageUrl
      .optional()
      .describe("The URL of Alertmanager for people, without a path; links in messages begin with it"),
    receivers: nativeLanguage.describe(
      "More receivers, in Alertmanager's configuration language; credentials come from `alerting:credentials`",
    ),
    routes: nativeLanguage.describe(
      "More routes, in Alertmanager's configuration language; the first match wins. Slack gets the alert too if that route has `continue: true`, or if none matches",
    ),
    inhibitRules: nativeLanguage.describe("Inhibition rules, in Alertmanager's configuration language"),
    longestSilence: duration().default("7d").describe("The preflight and the drill report silences that are longer"),
    timeIntervals: nativeLanguage.describe("Time intervals for routes, in Alertmanager's configuration language"),
    resources: resources("50m", "64Mi", "500m", "256Mi").describe("CPU and memory of Alertmanager"),
  })
  .prefault({});
