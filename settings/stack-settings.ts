import type { Settings } from "./schema";
import type { AwsProviderSettings } from "./sections/aws-provider";

/** Settings with the defaults that come from elsewhere filled in as well. */
export type StackSettings = Settings & {
  readonly cluster: string;
  readonly environment: string;
  /** How AWS is reached: the stack's `aws:` keys, with `alerting:aws` over them. */
  readonly aws: AwsProviderSettings & { readonly region: string };
  /** Whether there is a heartbeat; its URL is not a setting, because it is a secret. Undefined where there is none. */
  readonly heartbeatIsSet?: boolean;
  /** Ports, other than that of https, of the URLs that are secrets; undefined where there are none. */
  readonly secretUrlPorts?: readonly number[];
  /** Whether the servers have a custom certificate; it is not a setting, because its key is a secret. */
  readonly certificateIsSet?: boolean;
};
