import * as pulumi from "@pulumi/pulumi";
import { accessFaults, servedHosts } from "./settings/access-checks";
import { checkCertificate, type OwnCertificate } from "./settings/certificate";
import { checkCredentials } from "./settings/credentials";
import { ConfigurationError, type Fault } from "./validation/faults";
import { checkHeartbeatUrl } from "./settings/heartbeat-url";
import { parseSettings } from "./settings/parse";
import { parseProviderKeys } from "./settings/provider-keys";
import { type Readable, readableKeys } from "./settings/readable";
import type { StackSettings } from "./settings/stack-settings";
import { channelFaults } from "./settings/slack-channels";
import { portsOfUrls } from "./validation/url-ports";
import { checkWebhook } from "./settings/webhook";

/** What was read: everything where `faults` is empty, else as much as could be. */
export interface Configuration {
  /** Settings without a fault. */
  readonly settings: Partial<StackSettings>;
  /** The same, and of those with faults the keys that are right: what is checked against them hides no longer. */
  readonly readable: Readable<StackSettings>;
  /** Keys of settings that could not be read, such as `storage.type`. */
  readonly unread: readonly string[];
  /** The webhook's URL, a Pulumi secret. */
  readonly slackWebhookUrl?: pulumi.Output<string>;
  /** Credentials of receivers besides Slack by name, each a Pulumi secret. */
  readonly credentials: Readonly<Record<string, pulumi.Output<string>>>;
  /** The heartbeat's URL, a Pulumi secret; undefined where there is none. */
  readonly heartbeatUrl?: pulumi.Output<string>;
  /** A certificate of one's own for the pages, each part a Pulumi secret; undefined where there is none. */
  readonly certificate?: { readonly [Part in keyof OwnCertificate]: pulumi.Output<string> };
  /** `<organization>/<project>/<stack>`, which owns what this program makes. */
  readonly owner: string;
  readonly faults: readonly Fault[];
  /** Legal, and to be seen to soon. */
  readonly warnings: readonly Fault[];
}

/** Where configuration comes from; the engine, or a test. */
export interface ConfigurationSource {
  readonly all: Readonly<Record<string, string>>;
  readonly isSecret: (key: string) => boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
}

function engine(): ConfigurationSource {
  // Exported by the SDK, but missing from its type file.
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret: (key: string) => boolean };
  return {
    all: pulumi.runtime.allConfig(),
    isSecret: isConfigSecret,
    environment: process.env,
    organization: pulumi.getOrganization(),
    project: pulumi.getProject(),
    stack: pulumi.getStack(),
  };
}

const prefix = "alerting:";

/** Reads and checks the stack's configuration. Throws nothing: the faults are joined by the cluster's before they are told. */
export function loadConfig(source: ConfigurationSource = engine()): Configuration {
  const raw = Object.fromEntries(
    Object.entries(source.all)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
  const isSecret = (name: string) => source.isSecret(`${prefix}${name}`);
  const { settings, readable, unread, faults } = parseSettings(raw, isSecret);
  const isRead = readableKeys(unread);
  const webhook = checkWebhook(raw.slackWebhookUrl, isSecret("slackWebhookUrl"));
  const { credentials, faults: credentialFaults } = checkCredentials(raw.credentials, isSecret("credentials"));
  const heartbeat = checkHeartbeatUrl(raw.heartbeatUrl, isSecret("heartbeatUrl"), webhook.url);
  faults.push(...webhook.faults, ...credentialFaults, ...channelFaults(readable.slack?.channels ?? [], credentials));
  faults.push(...heartbeat.faults);

  const providers = parseProviderKeys(source.all, source.isSecret);
  faults.push(...providers.faults);
  const region = readable.aws?.region ?? providers.aws.region ?? source.environment.AWS_REGION;
  if (isRead("aws.region") && !region && source.all["aws:region"] === undefined) {
    faults.push({
      key: "alerting:aws.region",
      sentence: "is not set, and neither is aws:region. Run `pulumi config set aws:region <region>`.",
    });
  }
  const secretUrlPorts = portsOfUrls([webhook.url, heartbeat.url, ...Object.values(credentials)]).filter(
    (port) => port !== 443,
  );
  const hasCertificate = raw.certificate !== undefined;
  const own = checkCertificate(raw.certificate, isSecret("certificate"), servedHosts(readable));
  faults.push(...own.faults, ...accessFaults({ ...readable, region }, hasCertificate, isRead));
  const further = {
    environment: readable.environment ?? source.stack,
    ...(raw.heartbeatUrl !== undefined && { heartbeatIsSet: true }),
    ...(hasCertificate && { certificateIsSet: true }),
    ...(secretUrlPorts.length > 0 && { secretUrlPorts }),
  };
  const cluster = readable.cluster ?? readable.context;
  return {
    settings: {
      ...settings,
      ...further,
      cluster,
      aws: settings.aws && region ? { ...providers.aws, ...settings.aws, region } : undefined,
    },
    readable: { ...readable, ...further, cluster },
    unread,
    slackWebhookUrl: webhook.url === undefined ? undefined : pulumi.secret(webhook.url),
    credentials: Object.fromEntries(Object.entries(credentials).map(([name, text]) => [name, pulumi.secret(text)])),
    ...(heartbeat.url !== undefined && { heartbeatUrl: pulumi.secret(heartbeat.url) }),
    ...(own.certificate && { certificate: secrets(own.certificate) }),
    owner: `${source.organization}/${source.project}/${source.stack}`,
    faults,
    warnings: own.warnings,
  };
}

function secrets({ chain, key, authority }: OwnCertificate): Required<Configuration>["certificate"] {
  return { chain: pulumi.secret(chain), key: pulumi.secret(key), authority: pulumi.secret(authority) };
}

/** What no check could look at. */
export const whatIsUnread = "what depends on a setting that could not be read";

/** What the program is built from, once nothing is wrong with it. */
export interface WholeConfiguration {
  readonly settings: StackSettings;
  readonly slackWebhookUrl: pulumi.Output<string>;
  readonly credentials: Configuration["credentials"];
  readonly heartbeatUrl?: pulumi.Output<string>;
  readonly certificate?: Configuration["certificate"];
  readonly owner: string;
}

/**
 * The configuration without faults; with any, all of them in one {@link ConfigurationError}. `isAsked` says whether the
 * cluster has answered.
 */
export function requireWhole(
  configuration: Configuration,
  further: readonly Fault[] = [],
  { isAsked = true }: { readonly isAsked?: boolean } = {},
): WholeConfiguration {
  const { settings, slackWebhookUrl, credentials, heartbeatUrl, certificate, owner } = configuration;
  const faults = [...configuration.faults, ...further];
  if (faults.length > 0) {
    const unchecked = [
      ...(configuration.unread.length > 0 ? [whatIsUnread] : []),
      ...(isAsked ? [] : ["what the cluster says"]),
      "what AWS says",
    ];
    throw new ConfigurationError(faults, { unchecked });
  }
  return {
    settings: settings as StackSettings,
    slackWebhookUrl: slackWebhookUrl!,
    credentials,
    heartbeatUrl,
    certificate,
    owner,
  };
}
