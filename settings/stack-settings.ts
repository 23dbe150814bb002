import type { Settings } from "./schema";
import type { AwsProviderSettings } from "./sections/aws-provider";

/** The settings, including defaults that come from outside the schema. */
export type StackSettings = Settings & {
  readonly cluster: string;
  readonly environment: string;
  /** How to reach AWS: the stack's `aws:` keys, overridden by `alerting:aws`. */
  readonly aws: AwsProviderSettings & { readonly region: string };
  /**
   * Whether there is a heartbeat. Its URL is a secret and therefore not among the settings. Undefined if there is none.
   */
  readonly heartbeatIsSet?: boolean;
  /** The ports of the secret URLs, except 443; undefined if there are none. */
  readonly secretUrlPorts?: readonly number[];
  /** Whether the servers have a custom certificate. Its key is a secret and therefore not among the settings. */
  readonly certificateIsSet?: boolean;
};
