import { type Configuration, type ConfigurationSource, loadConfig, requireValid } from "../../config";
import type { StackSettings } from "../../settings/stack-settings";
import type { Fault } from "../../validation/faults";

/** A webhook that no test may find outside of its Secret. It is not real, and nothing answers at its host. */
export const canary = "https://hooks.slack.example/services/T0CANARY0/B0CANARY0/x0CaNaRyX0CaNaRyX0CaNaRy";
/** The part of the webhook that is the credential. */
export const canaryPath = "CANARY0";

export const master = "ip-10-0-1-10.ap-northeast-2.compute.internal";
export const workerB = "ip-10-0-2-11.ap-northeast-2.compute.internal";
export const workerC = "ip-10-0-3-12.ap-northeast-2.compute.internal";

/** Only the settings that are required. */
export const least = { context: "lab", nodes: { masters: { names: [master] } } };

/** Values of `alerting:`, by key without the prefix `alerting:`. `undefined` removes a key of {@link least}. */
export type Values = Readonly<Record<string, unknown>>;

/** Settings that internet-facing NLBs require: a password, and a certificate for separate hosts. */
export const guarded = {
  access: {
    password: true,
    certificateArn: "arn:aws:acm:ap-northeast-2:000000000000:certificate/00000000-0000-0000-0000-000000000000",
  },
  prometheus: { externalUrl: "https://prometheus.example" },
  alertmanager: { externalUrl: "https://alertmanager.example" },
};

/** Settings as the engine passes them: as strings. Values of other types in the stack's file become JSON. */
export function asText(values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

/** A configuration as the engine passes it: minimal settings, changed by `values`, and a webhook that is a secret. */
export function source(values: Values = {}, overrides: Partial<ConfigurationSource> = {}): ConfigurationSource {
  const own = asText({ ...least, slackWebhookUrl: canary, ...values });
  return {
    all: {
      "aws:region": "ap-northeast-2",
      ...Object.fromEntries(Object.entries(own).map(([key, value]) => [`alerting:${key}`, value])),
    },
    isSecret: (key) => key === "alerting:slackWebhookUrl",
    environment: {},
    organization: "organization",
    project: "alerting",
    stack: "dev",
    ...overrides,
  };
}

export function configuration(values: Values = {}, overrides: Partial<ConfigurationSource> = {}): Configuration {
  return loadConfig(source(values, overrides));
}

/** The settings of a configuration that must be valid. */
export function settings(values: Values = {}): StackSettings {
  return requireValid(configuration(values)).settings;
}

/** The problems of a configuration, as the lines that a user reads: `<key>: <sentence>`. */
export function faultLines(values: Values, overrides: Partial<ConfigurationSource> = {}): string[] {
  return lines(configuration(values, overrides).faults);
}

export function lines(faults: readonly Fault[]): string[] {
  return faults.map(({ key, sentence }) => `${key}: ${sentence}`);
}
