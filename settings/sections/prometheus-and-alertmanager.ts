import { z } from "zod";
import { duration } from "../../validation/durations";
import { binaryQuantity, bytes, byteSize, cpuQuantity, millicores } from "../../validation/sizes";
import { nativeLanguage, pageUrl, refuse } from "./value-types";

const resources = (cpu: string, memory: string, cpuLimit: string, memoryLimit: string) =>
  z
    .strictObject({
      cpu: cpuQuantity().default(cpu).describe("CPU request"),
      memory: binaryQuantity().default(memory).describe("Memory request"),
      cpuLimit: cpuQuantity()
        .default(cpuLimit)
        .describe("CPU limit, which leaves processor time for the other programs on the master"),
      memoryLimit: binaryQuantity()
        .default(memoryLimit)
        .describe("Memory limit; a container that needs more is restarted"),
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
    retentionSize: byteSize()
      .default("8GB")
      .describe("Maximum disk space of the samples; the oldest samples are deleted first"),
    externalUrl: pageUrl
      .optional()
      .describe("The URL of Prometheus for people, without a path; links to graphs in messages begin with it"),
    scrapeControlPlane: z
      .boolean()
      .default(false)
      .describe(
        "Whether to scrape etcd, the scheduler and the controller manager too, which listen outside of loopback only if kubeadm is told so (docs/control-plane.md)",
      ),
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
      "More routes, in Alertmanager's configuration language; the first route that matches an alert gets it. Slack gets the alert too if that route has `continue: true`, or if no route matches",
    ),
    inhibitRules: nativeLanguage.describe("Inhibition rules, in Alertmanager's configuration language"),
    longestSilence: duration()
      .default("7d")
      .describe("The preflight and the drill report silences that are longer than this"),
    timeIntervals: nativeLanguage.describe("Time intervals for routes, in Alertmanager's configuration language"),
    resources: resources("50m", "64Mi", "500m", "256Mi").describe("CPU and memory of Alertmanager"),
  })
  .prefault({});
