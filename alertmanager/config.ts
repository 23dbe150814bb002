import type { ConfigOf } from "../prometheus/config-types";
import type { configKeys } from "./config-keys";
import type { FileReference } from "./credentials";

type Types = typeof configKeys;
type Part<Name extends keyof Types> = ConfigOf<Types, Name, FileReference>;
type Named<Name extends keyof Types> = Part<Name> & { readonly name: string };

/** Alertmanager's whole configuration. Secrets can only be given as files. */
export type AlertmanagerConfig = Omit<Part<"config.Config">, "receivers" | "route"> & {
  readonly receivers: readonly Receiver[];
  readonly route: Route;
};
export type Receiver = Omit<Named<"config.Receiver">, "webhook_configs"> & {
  /** The webhook's URL may be written in plain text if nobody can misuse it. */
  readonly webhook_configs?: readonly (Part<"webhook.WebhookConfig"> & { readonly url?: string })[];
};
export type Route = Part<"config.Route">;
export type InhibitRule = Part<"common.InhibitRule">;
export type TimeInterval = Named<"config.TimeInterval">;
export type SlackConfig = Part<"config.SlackConfig">;
export type PagerdutyConfig = Part<"pagerduty.PagerdutyConfig">;
