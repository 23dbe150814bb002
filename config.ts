import * as pulumi from "@pulumi/pulumi";
import { accessFaults, servedHosts } from "./settings/access-checks";
import { checkCertificate, type CustomCertificate } from "./settings/certificate";
import { checkCredentials } from "./settings/credentials";
import { ConfigurationError, type Fault } from "./validation/faults";
import { checkHeartbeatUrl } from "./settings/heartbeat-url";
import { longTermFaults, splitCredentials } from "./settings/long-term-credential";
import { parseSettings } from "./settings/parse";
import { parseProviderKeys } from "./settings/provider-keys";
import { readableKeys } from "./settings/readable";
import type { StackSettings } from "./settings/stack-settings";
import { portsOfUrls } from "./validation/url-ports";
import { channelFaults, checkWebhook } from "./settings/webhook";

/** The configuration: everything if `faults` is empty, otherwise as much as could be read. */
export interface Configuration {
  /** All settings: one that could not be read has its default, or a blank value. */
  readonly settings: StackSettings;
  /** Keys of settings that could not be read, such as `storage.type`: checks that depend on them are skipped. */
  readonly unread: readonly string[];
  /** The webhook's URL, a Pulumi secret. */
  readonly slackWebhookUrl?: pulumi.Output<string>;
  /** Credentials of receivers besides Slack by name, each a Pulumi secret. */
  readonly credentials: Readonly<Record<string, pulumi.Output<string>>>;
  /** The credential of the long-term engine, a Pulumi secret; undefined if there is none. */
  readonly longTermCredential?: pulumi.Output<string>;
  /** The heartbeat's URL, a Pulumi secret; undefined if there is none. */
  readonly heartbeatUrl?: pulumi.Output<string>;
  /** A custom certificate for the pages, each part a Pulumi secret; undefined if there is none. */
  readonly certificate?: { readonly [Part in keyof CustomCertificate]: pulumi.Output<string> };
  /** `<organization>/<project>/<stack>`, the owner of all resources of this program. */
  readonly owner: string;
  readonly faults: readonly Fault[];
  /** Warnings about valid values that should be changed soon. */
  readonly warnings: readonly Fault[];
}

/** The source of the configuration: the engine, or a test. */
export interface ConfigurationSource {
  readonly all: Readonly<Record<string, string>>;
  readonly isSecret: (key: string) => boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
}

function engine(): ConfigurationSource {
  // The SDK exports this function, but its type declarations lack it.
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

/**
 * Reads and checks the stack's configuration. It does not throw, so that problems found in the cluster are reported
 * together with those of the configuration.
 */
export function loadConfig(source: ConfigurationSource = engine()): Configuration {
  const raw = Object.fromEntries(
    Object.entries(source.all)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
  const isSecret = (name: string) => source.isSecret(`${prefix}${name}`);
  const { settings: read, unread: unreadSettings, faults } = parseSettings(raw, isSecret);
  const unread = [...unreadSettings];
  const isRead = readableKeys(unreadSettings);
  const webhook = checkWebhook(raw.slackWebhookUrl, isSecret("slackWebhookUrl"));
  const { credentials, faults: credentialFaults } = checkCredentials(raw.credentials, isSecret("credentials"));
  const { ofEngine, ofReceivers } = splitCredentials(read, credentials);
  const heartbeat = checkHeartbeatUrl(raw.heartbeatUrl, isSecret("heartbeatUrl"), webhook.url);
  faults.push(...webhook.faults, ...credentialFaults, ...channelFaults(read.slack.channels, credentials));
  faults.push(...heartbeat.faults, ...longTermFaults(read, credentials));

  const providers = parseProviderKeys(source.all, source.isSecret);
  faults.push(...providers.faults);
  const region = read.aws.region ?? providers.aws.region ?? source.environment.AWS_REGION;
  if (!region) {
    unread.push("aws.region");
    if (isRead("aws.region") && source.all["aws:region"] === undefined) {
      const sentence = "is not set, and neither is aws:region. Run `pulumi config set aws:region <region>`.";
      faults.push({ key: "alerting:aws.region", sentence });
    }
  }
  const secretUrlPorts = portsOfUrls([webhook.url, heartbeat.url, ...Object.values(ofReceivers)]).filter(
    (port) => port !== 443,
  );
  const hasCertificate = raw.certificate !== undefined;
  const own = checkCertificate(raw.certificate, isSecret("certificate"), servedHosts(read));
  faults.push(...own.faults, ...accessFaults({ ...read, region }, hasCertificate, isRead));
  if (read.cluster === undefined && !isRead("context")) unread.push("cluster");
  return {
    settings: {
      ...read,
      cluster: read.cluster ?? read.context,
      environment: read.environment ?? source.stack,
      aws: { ...providers.aws, ...read.aws, region: region ?? "" },
      ...(raw.heartbeatUrl !== undefined && { heartbeatIsSet: true }),
      ...(hasCertificate && { certificateIsSet: true }),
      ...(secretUrlPorts.length > 0 && { secretUrlPorts }),
    },
    unread,
    slackWebhookUrl: webhook.url === undefined ? undefined : pulumi.secret(webhook.url),
    credentials: Object.fromEntries(Object.entries(ofReceivers).map(([name, text]) => [name, pulumi.secret(text)])),
    ...(ofEngine !== undefined && { longTermCredential: pulumi.secret(ofEngine) }),
    ...(heartbeat.url !== undefined && { heartbeatUrl: pulumi.secret(heartbeat.url) }),
    ...(own.certificate && { certificate: secrets(own.certificate) }),
    owner: `${source.organization}/${source.project}/${source.stack}`,
    faults,
    warnings: own.warnings,
  };
}

function secrets({ chain, key, authority }: CustomCertificate): Required<Configuration>["certificate"] {
  return { chain: pulumi.secret(chain), key: pulumi.secret(key), authority: pulumi.secret(authority) };
}

/** Names what no check could examine, as a part of a message. */
export const whatIsUnread = "what depends on a setting that could not be read";

/** The configuration that the program is built from, after all problems are fixed. */
export interface ValidConfiguration<Facts = undefined> extends Pick<
  Configuration,
  "settings" | "credentials" | "longTermCredential" | "heartbeatUrl" | "certificate" | "owner"
> {
  readonly slackWebhookUrl: pulumi.Output<string>;
  /** The facts about the cluster. */
  readonly facts: Facts;
}

/** The findings of the checks that run after the configuration has been read. */
export interface Findings<Facts> {
  readonly faults?: readonly Fault[];
  /**
   * The result of the cluster check, with the facts unless there is a problem. Undefined if the cluster was not asked.
   */
  readonly cluster?: { readonly facts?: Facts };
}

/** The configuration if it has no problems. Otherwise throws one {@link ConfigurationError} with all of them. */
export function requireValid<Facts = undefined>(
  configuration: Configuration,
  { faults: further = [], cluster }: Findings<Facts> = {},
): ValidConfiguration<Facts> {
  const { settings, slackWebhookUrl, credentials, longTermCredential, heartbeatUrl, certificate, owner } =
    configuration;
  const faults = [...configuration.faults, ...further];
  if (faults.length > 0 || slackWebhookUrl === undefined) {
    const unchecked = [
      ...(configuration.unread.length > 0 ? [whatIsUnread] : []),
      ...(cluster !== undefined && cluster.facts === undefined ? ["what the cluster says"] : []),
      "what AWS says",
    ];
    throw new ConfigurationError(faults, { unchecked });
  }
  const secrets = { slackWebhookUrl, credentials, longTermCredential, heartbeatUrl, certificate };
  return { settings, ...secrets, owner, facts: cluster?.facts as Facts };
}
